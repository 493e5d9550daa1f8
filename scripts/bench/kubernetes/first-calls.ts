import { dropletName } from '../../../src/model/identity.ts';
import type { SimulatorProcess } from '../../../test/lab/simulator-process.ts';
import type { Accepted } from './cluster-fleet.ts';

/** Milliseconds from the API server's answer to each create until the cloud got the call that makes its droplet. */
export async function firstCallMs(
  simulator: SimulatorProcess,
  accepted: readonly Accepted[],
  afterSeq: number,
): Promise<number[]> {
  const offset = await simulator.clockOffset();
  const arrivals = new Map<string, number>();
  for (const { route, at, body } of await simulator.journal(afterSeq))
    if (route === 'POST /v2/droplets') arrivals.set((body as { readonly name: string }).name, at);
  return accepted.map(({ uid, at }) => {
    const arrivedAt = arrivals.get(dropletName(uid));
    if (arrivedAt === undefined) throw new Error(`no droplet was asked for on behalf of ${uid}`);
    return arrivedAt - offset - performance.timeOrigin - at;
  });
}

/** Number of the last call so far. */
export async function lastSeq(simulator: SimulatorProcess): Promise<number> {
  return (await simulator.journal()).at(-1)?.seq ?? 0;
}
