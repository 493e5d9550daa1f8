import { cpuSeconds } from '../../../test/lab/process-figures.ts';

/** CPU seconds that each of some processes uses from now on, this one included as `load`. */
export class CpuMeter<Name extends string> {
  readonly #pids: Readonly<Record<Name | 'load', number>>;
  readonly #before: Readonly<Record<string, number>>;

  constructor(pids: Readonly<Record<Name, number>>) {
    this.#pids = { ...pids, load: process.pid };
    this.#before = this.#now();
  }

  used(): Readonly<Record<Name | 'load', number>> {
    const now = this.#now();
    const used = Object.keys(now).map((name) => [name, (now[name] ?? 0) - (this.#before[name] ?? 0)]);
    return Object.fromEntries(used);
  }

  #now(): Record<string, number> {
    const entries = Object.entries<number>(this.#pids);
    return Object.fromEntries(entries.map(([name, pid]) => [name, cpuSeconds(pid)]));
  }
}
