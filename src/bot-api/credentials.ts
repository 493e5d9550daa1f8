import { isSameHash, tokenHash } from '../kit/token.ts';
import { agentHashOf } from '../model/agent-credentials.ts';
import type { BotRecord } from '../model/records.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import type { BotCall } from './bot-api.ts';

/**
 * Stands in where there is no hash to compare with, so that an unknown bot takes as long as a wrong token.
 */
const nobody = '0'.repeat(64);

/** A bot, as stored now, with the hash of the token that was shown for it. */
export interface Authenticated {
  readonly bot: BotRecord;
  readonly shownSHA256: string;
}

/** What a caller shows: hashed once, though compared again whenever a wait ends. */
export interface Shown {
  readonly botID: string;
  readonly shownSHA256: string;
}

export function shownBy({ botID, bearer }: BotCall): Shown {
  return { botID, shownSHA256: tokenHash(bearer ?? '') };
}

/** The bot whose agent calls; undefined if no bot of that id has this token. */
export function authenticate(backend: AgentBackend, shown: Shown): Authenticated | undefined {
  return holderOf(backend, shown, (bot) => [agentHashOf(bot) ?? nobody]);
}

/** The bot for which the registration token was made, whether still valid or used. */
export function holderOfToken(backend: AgentBackend, shown: Shown): Authenticated | undefined {
  return holderOf(backend, shown, registrationHashes);
}

function holderOf(
  backend: AgentBackend,
  { botID, shownSHA256 }: Shown,
  hashesOf: (bot: BotRecord) => readonly string[],
): Authenticated | undefined {
  const candidates = backend.find(botID);
  if (candidates.length === 0) isSameHash(shownSHA256, nobody);
  const bot = candidates.find((candidate) =>
    hashesOf(candidate).some((hash) => isSameHash(shownSHA256, hash)),
  );
  return bot && { bot, shownSHA256 };
}

function registrationHashes({ status, uid }: BotRecord): readonly string[] {
  const { registration, ownerUID } = status;
  if (!registration || (ownerUID !== undefined && ownerUID !== uid)) return [nobody];
  const { tokens, agent } = registration;
  return [...tokens.map(({ sha256 }) => sha256), agent?.registrationSHA256 ?? nobody];
}
