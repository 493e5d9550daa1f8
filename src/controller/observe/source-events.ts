import { massLossWindowMs } from '../../model/mass-loss.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { SourceListener } from '../../ports/source.ts';
import type { Engine, EngineFleet } from '../engine/engine.ts';
import type { EngineParts } from '../parts.ts';
import type { WorkQueue } from '../queue/work-queue.ts';

/** What the engine makes of the source's news. `isRead`: whether the first listing is complete. */
export function sourceEvents(
  engine: Engine,
  queue: WorkQueue<ResourceKey>,
  isRead: () => boolean,
): SourceListener {
  return {
    botChanged: (key, live) => {
      if (!live) return;
      engine.indexes.changed(key, engine.source.bot(key));
      queue.add(key);
    },
    accountChanged: (key) => {
      engine.accounts.changed(key);
      void refreshSite(engine, key);
    },
    fleetChanged: () => {
      engine.sites.own();
      if (!isRead()) return;
      engine.sourceTrouble.check();
      engine.holds.refresh();
      engine.gate.refresh();
      for (const site of engine.sites.all()) site.sweepSoon();
      enqueueAll(engine, queue);
    },
  };
}

/** Passes over the account's bots read its token anyway; an account without bots must give up its old token too. */
async function refreshSite({ sites, log }: EngineParts & EngineFleet, account: ResourceKey): Promise<void> {
  try {
    await sites.refresh(account);
  } catch (error) {
    log.warn({ account, err: error }, 'the account’s token could not be read');
  }
}

export function enqueueAll({ source }: EngineParts, queue: WorkQueue<ResourceKey>): void {
  for (const bot of source.bots()) queue.add(bot.key, { priority: 'routine' });
}

/** Brings the engine up to the first listing of the source. */
export function restore(engine: Engine): void {
  engine.sourceTrouble.check();
  for (const bot of engine.source.bots()) engine.indexes.update(bot);
  engine.holds.refresh();
  engine.gate.refresh();
  recallDroplets(engine);
  recallBots(engine);
  for (const bot of engine.source.bots()) engine.indexes.judgeDeletion(bot);
}

/** Lost droplets that an earlier process replaced: later losses are counted together with them. */
function recallDroplets({ source, holds, clock }: EngineParts & EngineFleet): void {
  for (const { key, status } of source.bots()) {
    const ageMs = clock.now() - Date.parse(status.replacements?.lastAt ?? '');
    if (ageMs < massLossWindowMs) holds.recreations.recall(key, ageMs, 'missing');
  }
}

/**
 * Lost bots that an earlier process deleted. Their ages leave out the time in which no process ran, so that bots lost
 * together count together even if a restart came between their deletions.
 */
function recallBots(engine: EngineParts & EngineFleet): void {
  const { source, holds, tombstones } = engine;
  const times = lossTimes(engine);
  for (const { key, at, lost } of tombstones.all()) {
    if (!lost || source.bot(key)) continue;
    const ageMs = Math.min(...times.map((time) => Math.abs(time - Date.parse(at))));
    if (ageMs < massLossWindowMs) holds.deletions.recall(key, ageMs, 'gone');
  }
}

/** The present time, and when each bot that is still to be deleted was found missing. */
function lossTimes({ source, clock }: EngineParts): number[] {
  const times = new Set([clock.now()]);
  for (const { deletion } of source.bots())
    if (deletion?.implicit) times.add(Date.parse(deletion.requestedAt));
  return [...times];
}
