import { massLossWindowMs } from '../../model/mass-loss.ts';
import type { EngineFleet } from '../engine/engine.ts';
import type { EngineParts } from '../parts.ts';

/** Losses that an earlier process dealt with, from the records: those from now on count against the set before them. */
export function recallLosses(engine: EngineParts & EngineFleet): void {
  recallDroplets(engine);
  recallBots(engine);
}

function recallDroplets({ source, holds, clock }: EngineParts & EngineFleet): void {
  for (const { key, status } of source.bots()) {
    const ageMs = clock.now() - Date.parse(status.replacements?.lastAt ?? '');
    if (ageMs < massLossWindowMs) holds.recreations.recall(key, ageMs, 'missing');
  }
}

/** Time in which nobody looked does not part the bots that are gone from those that are still to go. */
function recallBots(engine: EngineParts & EngineFleet): void {
  const { source, holds, tombstones } = engine;
  const times = lossTimes(engine);
  for (const { key, at, lost } of tombstones.all()) {
    if (!lost || source.bot(key)) continue;
    const ageMs = Math.min(...times.map((time) => Math.abs(time - Date.parse(at))));
    if (ageMs < massLossWindowMs) holds.deletions.recall(key, ageMs, 'gone');
  }
}

/** When bots that are still to go were missed, and now. */
function lossTimes({ source, clock }: EngineParts): number[] {
  const times = new Set([clock.now()]);
  for (const { deletion } of source.bots())
    if (deletion?.implicit) times.add(Date.parse(deletion.requestedAt));
  return [...times];
}
