import type { BotRecord } from './records.ts';

type Ending = Pick<BotRecord, 'deletion' | 'spec' | 'status' | 'hasFinalizer'>;

/** Whether the bot is on its way out: its deletion is asked for, and its declaration does not forbid it. */
export function isEnding(bot: Ending): boolean {
  return bot.deletion !== undefined && !isProtected(bot);
}

/**
 * Whether `spec.deletionProtection` keeps a bot whose deletion is asked for. A deletion that has begun goes on, and a
 * record that the source does not hold for the controller would go in any case.
 */
export function isProtected({ deletion, spec, status, hasFinalizer }: Ending): boolean {
  return (
    deletion !== undefined && spec?.deletionProtection === true && hasFinalizer && status.phase !== 'Deleting'
  );
}
