import { massLossWindowMs } from '../../decide/mass-loss.ts';
import { isProtected } from '../../model/is-ending.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Engine } from '../engine/engine.ts';

/** Brings every book up to the bot as it is now, in the very turn in which the source told of it. */
export function takeIn(engine: Engine, key: ResourceKey): void {
  const bot = engine.source.bot(key);
  if (!bot) {
    forget(engine, key);
    return;
  }
  takeInRecord(engine, bot);
  takeInDeletion(engine, bot);
}

/** Everything about a bot but whether it goes: at start, all are known before any counts as lost. */
export function takeInRecord(engine: Engine, bot: BotRecord): void {
  engine.owners.update(bot);
  for (const account of engine.quota.update(bot)) engine.accounts.moved(account);
  if (bot.status.droplet) engine.keeper.recreations.known(bot.key);
  if (!bot.deletion) engine.keeper.declared(bot.key);
  engine.agents?.update(bot);
}

export function takeInDeletion({ keeper, clock }: Engine, bot: BotRecord): void {
  if (bot.deletion?.wholesale !== undefined) keeper.deletions.seize(bot.key);
  else if (bot.deletion?.implicit && !isLongKept(bot, clock.now())) keeper.deletions.lost(bot.key);
}

/** What its protection has kept for long is no news: it counts as no loss of these minutes, after a restart either. */
function isLongKept(bot: BotRecord, now: number): boolean {
  return isProtected(bot) && now - Date.parse(bot.deletion?.requestedAt ?? '') >= massLossWindowMs;
}

function forget(engine: Engine, key: ResourceKey): void {
  engine.owners.remove(key);
  engine.keeper.deletions.forget(key);
  engine.keeper.recreations.forget(key);
  engine.agents?.forget(key);
  const account = engine.quota.remove(key);
  if (account) engine.accounts.moved(account);
}
