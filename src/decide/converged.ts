import { omit } from '../kit/pick.ts';
import type { Droplet } from '../ports/cloud.ts';
import { bootWaiting, isBootStuck } from './droplet/boot.ts';
import { tagsLateUntil } from './droplet/in-place.ts';
import { seenDroplet } from './droplet/power.ts';
import { type Concern, progressing, type Situation, type Waiting } from './situation.ts';

/** Waits for a droplet that boots or has no address yet; otherwise nothing is left to do. */
export const converged: Concern = (situation) => {
  const { status } = situation;
  // Nothing is left to order, so nothing is refused any more.
  if (status.refusedOrder) return { status: omit(status, 'refusedOrder'), again: true };
  const droplet = seenDroplet(situation);
  const waiting = droplet && waitingFor(situation, droplet);
  const lateUntil = tagsLateUntil(situation);
  const later = lateUntil === undefined ? {} : { requeueAt: lateUntil };
  if (!droplet || !waiting) return later;
  // A boot that hangs is left to the sweep: polling does not make it come up.
  return isBootStuck(situation) ? { waiting } : { waiting, watch: droplet.id, ...later };
};

function waitingFor(situation: Situation, { id, status, publicIPv4 }: Droplet): Waiting | undefined {
  if (status === 'new') return bootWaiting(situation, id);
  if (!situation.running || publicIPv4 !== undefined) return undefined;
  return progressing('NoAddress', `Droplet ${id} has no public address yet`);
}
