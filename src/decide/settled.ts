import { tagsLateUntil } from './in-place.ts';
import { seenDroplet } from './power.ts';
import { type Concern, progressing, type Situation, type Waiting } from './situation.ts';

/** A droplet that boots, or has no address yet, is waited for; otherwise there is nothing left to do. */
export const settled: Concern = (situation) => {
  const droplet = seenDroplet(situation);
  const waiting = droplet && waitingFor(situation, droplet.id, droplet.status, droplet.publicIPv4);
  const lateUntil = tagsLateUntil(situation);
  const later = lateUntil === undefined ? {} : { requeueAt: lateUntil };
  return droplet && waiting ? { waiting, watch: droplet.id, ...later } : later;
};

function waitingFor(
  { running }: Situation,
  id: number,
  status: string,
  address: string | undefined,
): Waiting | undefined {
  if (status === 'new') return progressing('Booting', `Droplet ${id} is booting`);
  if (!running || address !== undefined) return undefined;
  return progressing('NoAddress', `Droplet ${id} has no public address yet`);
}
