import type { ConfigObservation } from '../../decide/input.ts';
import {
  type BotConfig,
  configContent,
  configHash,
  configHashKey,
  llmKeyField,
} from '../../model/config-content.ts';
import type { BotRecord } from '../../model/records.ts';
import { resourceKey } from '../../model/resource-key.ts';
import type { BotSpec } from '../../model/spec/bot-spec.ts';
import type { Chance } from '../../ports/chance.ts';
import { faultOf, PortError } from '../../ports/port-error.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import type { Source } from '../../ports/source.ts';
import { changeFleet } from '../fleet/change-fleet.ts';

interface Made {
  readonly apiKey: string | undefined;
  readonly keySeed: string;
  readonly config: BotConfig;
}

const keyLength = 32;

/** Makes bots' configs, and remembers those that did not change: many bots have the same declaration. */
export class BotConfigs {
  readonly #source: Source;
  readonly #chance: Chance;
  readonly #box: SecretBox;
  readonly #made = new WeakMap<BotSpec, Made>();
  #key: { readonly seed: string; readonly bytes: Uint8Array } | undefined;
  #seeding: Promise<void> | undefined;

  constructor(source: Source, chance: Chance, box: SecretBox) {
    this.#source = source;
    this.#chance = chance;
    this.#box = box;
  }

  /** Throws `absent` when a Secret is missing, `refused` when it cannot be used, else what the source throws. */
  async of({ spec, namespace }: BotRecord): Promise<BotConfig> {
    if (!spec)
      throw new PortError({ kind: 'absent' }, 'There has never been a valid declaration of this bot');
    const apiKey = await this.#apiKey(spec, namespace);
    const keySeed = await this.#seed();
    const known = this.#made.get(spec);
    if (known && known.apiKey === apiKey && known.keySeed === keySeed) return known.config;
    const content = configContent(spec, apiKey);
    const config = { content, hash: configHash(this.#hashKey(keySeed), content) };
    this.#made.set(spec, { apiKey, keySeed, config });
    return config;
  }

  /** As a decision sees it, which must not know any secret. */
  async observe(bot: BotRecord): Promise<ConfigObservation> {
    try {
      return { kind: 'known', hash: (await this.of(bot)).hash };
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      return problemOf(error);
    }
  }

  async #apiKey({ llm, accountRef }: BotSpec, namespace: string): Promise<string | undefined> {
    const { secretRef, encrypted } = llm?.apiKey ?? {};
    if (secretRef) return this.#source.secret(namespace, secretRef);
    if (encrypted === undefined) return undefined;
    const { fleetID } = this.#source.fleet().state;
    const account = resourceKey(namespace, accountRef.name);
    return this.#box.open(encrypted, { fleetID, account, field: llmKeyField });
  }

  #hashKey(seed: string): Uint8Array {
    const { fleetID } = this.#source.fleet().state;
    if (this.#key?.seed !== `${fleetID} ${seed}`) {
      const bytes = configHashKey(Buffer.from(seed, 'base64'), fleetID);
      this.#key = { seed: `${fleetID} ${seed}`, bytes };
    }
    return this.#key.bytes;
  }

  /** Created once for a fleet, and durable before the first hash that depends on it. */
  async #seed(): Promise<string> {
    const { configKey } = this.#source.fleet().state;
    if (configKey !== undefined) return configKey;
    this.#seeding ??= this.#makeSeed().finally(() => {
      this.#seeding = undefined;
    });
    await this.#seeding;
    return this.#seed();
  }

  #makeSeed(): Promise<void> {
    const configKey = Buffer.from(this.#chance.bytes(keyLength)).toString('base64');
    return changeFleet(this.#source, (state) => ({ configKey, ...state }));
  }
}

function problemOf(error: PortError): ConfigObservation {
  const { message } = error;
  if (faultOf(error, 'absent')) return { kind: 'problem', reason: 'SecretMissing', message, stalled: true };
  if (error.fault.kind === 'refused')
    return { kind: 'problem', reason: error.fault.reason, message, stalled: true };
  return { kind: 'problem', reason: 'SecretUnavailable', message, stalled: false };
}
