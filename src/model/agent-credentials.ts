import type { BotRecord } from './records.ts';
import type { BotSpec } from './spec/bot-spec.ts';
import type { BotStatus } from './spec/bot-status.ts';

/** The part of a bot that determines whom its API answers. */
type Credited = Pick<BotRecord, 'uid'> & {
  readonly spec: BotSpec | undefined;
  readonly status: BotStatus;
};

/**
 * SHA-256, in hex, of the one agent token that is valid for the bot: that of the agent that registered, else
 * of the agent that an adopted droplet came with. Undefined if there is none, and from the moment a
 * replacement is decided.
 */
export function agentHashOf(bot: Credited): string | undefined {
  const { status, uid } = bot;
  if (status.ownerUID !== undefined && status.ownerUID !== uid) return undefined;
  return status.registration?.agent?.sha256 ?? (isAdopted(bot) ? bot.spec?.adopt?.tokenSHA256 : undefined);
}

/** The ids that the bot's agent may use: the uid, and the one that an adopted droplet came with. */
export function agentIDsOf(bot: Credited): readonly string[] {
  const adopted = isAdopted(bot) ? bot.spec?.adopt?.botID : undefined;
  return adopted === undefined ? [bot.uid] : [bot.uid, adopted];
}

/** The bot has the droplet that it adopted, and keeps it. */
function isAdopted({ spec, status }: Credited): boolean {
  const { droplet, operation } = status;
  return (
    droplet?.origin === 'Adopted' && droplet.id === spec?.adopt?.dropletID && operation?.type !== 'Redeploy'
  );
}
