import { setTimeout as sleep } from 'node:timers/promises';
import type { Accepted, ClusterFleet } from './cluster-fleet.ts';
import { firstCallMs, lastSeq } from './first-calls.ts';

/** Times of `bots` creates one after the other, with a rest in between: see `firstCallMs`. */
export async function pacedLatency(fleet: ClusterFleet, bots: number): Promise<number[]> {
  const seq = await lastSeq(fleet.simulator);
  const accepted: Accepted[] = [];
  for (let number = 0; number < bots; number += 1) {
    // At times that have nothing to do with the controller's own.
    await sleep(41 + (number % 13));
    accepted.push(await fleet.createOne());
  }
  await fleet.ready();
  return firstCallMs(fleet.simulator, accepted, seq);
}
