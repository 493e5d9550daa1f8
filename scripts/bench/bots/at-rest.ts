import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, residentMB } from '../../../test/lab/process-figures.ts';
import { median, percentile } from '../percentile.ts';
import type { BotFleet } from './bot-fleet.ts';
import { writesOf } from './writes-of.ts';

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
export async function atRest(fleet: BotFleet, seconds: number): Promise<Rest> {
  const { pid } = fleet.controller.child;
  const writes = writesOf(fleet.bots());
  await fleet.agents.notes();
  const cpu = cpuSeconds(pid);
  const begunAt = performance.now();
  const resident: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1_000);
    resident.push(residentMB(pid));
  }
  const used = cpuSeconds(pid) - cpu;
  const took = (performance.now() - begunAt) / 1_000;
  const { beats, failures } = await fleet.agents.notes();
  const times = beats.map(([, ms]) => ms);
  return {
    cpuPercent: (100 * used) / took,
    residentMB: median(resident),
    highestMB: Math.max(...resident),
    writesPerSecond: (writesOf(fleet.bots()) - writes) / took,
    beatsPerSecond: beats.length / took,
    beatP50: percentile(times, 50),
    beatP99: percentile(times, 99),
    beatMax: times.reduce((most, ms) => Math.max(most, ms), 0),
    failures: Object.values(failures).reduce((sum, count) => sum + count, 0),
  };
}
