import type { BotRecord } from '../../../src/model/records.ts';

/** Writes of the bots' status so far. A record begins at version 1; each write of its status, and of its spec, adds one. */
export function writesOf(bots: readonly BotRecord[]): number {
  return bots.reduce((sum, { version, generation }) => sum + Number(version) - generation, 0);
}
