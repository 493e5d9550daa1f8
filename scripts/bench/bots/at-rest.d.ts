import type { BotFleet } from './bot-fleet.ts';
/** A while in which agents beat and wait, and nothing changes. */
export interface Rest {
  /** Of a core. */
  readonly cpuPercent: number;
  readonly residentMB: number;
  readonly highestMB: number;
  readonly writesPerSecond: number;
  readonly beatsPerSecond: number;
  readonly beatP50: number;
  readonly beatP99: number;
  readonly beatMax: number;
  /** Calls that failed; none is expected to. */
  readonly failures: number;
}
/** Measures for so many seconds. */
export declare function atRest(fleet: BotFleet, seconds: number): Promise<Rest>;
