import type { BotRecord } from '../../../src/model/records.ts';
/** Writes of the bots' status so far. A record begins at version 1; each write of its status, and of its spec, adds one. */
export declare function writesOf(bots: readonly BotRecord[]): number;
