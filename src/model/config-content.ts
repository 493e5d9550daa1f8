import { createHmac, hkdfSync } from 'node:crypto';
import { canonicalJSON } from './sharing/canonical-json.ts';
import { type BotSpec, type Persona, personaOf } from './spec/bot-spec.ts';
import { normaliseDisplayName } from './spec/display-name.ts';
import {
  type EffectiveRisk,
  type EffectiveTrading,
  effectiveRisk,
  effectiveTrading,
} from './spec/trading-spec.ts';

/** Version of the config's format: a release that changes it gives every config another id. */
const format = 1;
/** 128 bits are enough to distinguish contents, and fit on a line. */
const hashLength = 32;

/** Names the field in what is encrypted for it. */
export const llmKeyField = 'llm.apiKey';

/** What a bot runs by, in the terms of its manifest, with every default filled in and secrets in clear. */
export interface ConfigContent {
  readonly format: number;
  /** The bot's name, if it is declared: a bot without one keeps its config's id. */
  readonly name?: string;
  readonly persona: Persona;
  readonly trading: EffectiveTrading;
  readonly risk: EffectiveRisk;
  readonly secrets: ConfigSecrets;
}

interface ConfigSecrets {
  readonly llm?: { readonly provider: string; readonly apiKey: string };
}

/** A config as it follows from what is declared now. Holds secrets in clear: never stored, never logged. */
export interface BotConfig {
  readonly hash: string;
  readonly content: ConfigContent;
}

/** The config that `spec` declares; `apiKey` is its language model's, if it has one. */
export function configContent(spec: BotSpec, apiKey: string | undefined): ConfigContent {
  const { displayName = '', llm } = spec;
  const name = normaliseDisplayName(displayName);
  return {
    format,
    ...(name !== '' && { name }),
    persona: personaOf(spec),
    trading: effectiveTrading(spec),
    risk: effectiveRisk(spec),
    secrets: llm && apiKey !== undefined ? { llm: { provider: llm.provider, apiKey } } : {},
  };
}

/** Keys the hashes of a fleet's configs, so that nobody can try guesses of a secret against a public id. */
export function configHashKey(seed: Uint8Array, fleetID: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', seed, fleetID, 'clawfleet config identity', 32));
}

/** The hash of a content: the same content under the same key has the same hash, 32 hex digits. */
export function configHash(key: Uint8Array, content: ConfigContent): string {
  return createHmac('sha256', key).update(canonicalJSON(content)).digest('hex').slice(0, hashLength);
}
