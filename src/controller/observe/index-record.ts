import { massLossWindowMs } from '../../model/mass-loss.ts';
import { type BotRecord, isProtected } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Engine } from '../engine/engine.ts';

/** Brings every book up to the bot as it is now, in the very turn in which the source told of it. */
export function refreshRecord(engine: Engine, key: ResourceKey): void {
  const bot = engine.source.bot(key);
  if (!bot) {
    forget(engine, key);
    return;
  }
  indexRecord(engine, bot);
  indexDeletion(engine, bot);
}

/** Everything about a bot but whether it goes: at start, all are known before any counts as lost. */
export function indexRecord(engine: Engine, bot: BotRecord): void {
  engine.owners.update(bot);
  for (const account of engine.quota.update(bot)) engine.accounts.moved(account);
  if (bot.status.droplet) engine.holds.recreations.known(bot.key);
  if (!bot.deletion) engine.holds.declared(bot.key);
  engine.agents?.update(bot);
}

export function indexDeletion({ holds, clock }: Engine, bot: BotRecord): void {
  if (bot.deletion?.wholesale !== undefined) holds.deletions.seize(bot.key);
  else if (bot.deletion?.implicit && !isLongKept(bot, clock.now())) holds.deletions.lost(bot.key);
}

/** What its protection has kept for long is no news: it counts as no loss of these minutes, after a restart either. */
function isLongKept(bot: BotRecord, now: number): boolean {
  return isProtected(bot) && now - Date.parse(bot.deletion?.requestedAt ?? '') >= massLossWindowMs;
}

function forget(engine: Engine, key: ResourceKey): void {
  engine.owners.remove(key);
  engine.holds.deletions.forget(key);
  engine.holds.recreations.forget(key);
  engine.agents?.forget(key);
  const account = engine.quota.remove(key);
  if (account) engine.accounts.moved(account);
}
