import { type Destruction, type Effect, isUnasked } from '../effect.ts';
import { progressing, type Situation, stalled, type Verdict } from '../situation.ts';
import { unlessRecent } from './unless-recent.ts';

/**
 * Orders the destruction of a droplet that was read in this very pass, or waits for an earlier order. A 204
 * is no proof of death: the droplet is polled until its absence is proven, and the order repeated while it
 * lives. A destruction that nobody asked for takes a slot as well, and waits while the fleet as a whole is in
 * doubt.
 */
export function destroyAndWait(situation: Situation, destruction: Destruction): Verdict {
  const { dropletID, cause, why, stays } = destruction;
  const waiting = progressing('Destroying', `Droplet ${dropletID} is being destroyed: ${why}`);
  const effect: Effect = { kind: 'destroy', ...destruction };
  const verdict = unlessRecent(situation, effect, waiting);
  if (!verdict.effect) return verdict;
  const unread = [stays, dropletID].find((id) => id !== undefined && !isRead(situation, id));
  if (unread !== undefined) return { look: { kind: 'droplet', dropletID: unread } };
  return isUnasked(cause) ? (hindranceOf(situation, dropletID) ?? verdict) : verdict;
}

function isRead({ status, recorded, others }: Situation, id: number): boolean {
  if (status.droplet?.id === id) return recorded.kind === 'seen' && recorded.confirmed;
  return others.some((other) => other.droplet.id === id && other.confirmed);
}

/** Why a destruction that nobody asked for does not happen now. */
export function hindranceOf(
  { incident, oldState, slots }: Situation,
  dropletID: number,
): Verdict | undefined {
  const alarm = incident ?? oldState;
  if (alarm) return { waiting: progressing(alarm.reason, alarm.message) };
  if (!slots.destruction) return { look: { kind: 'slot', slot: 'destruction', dropletID } };
  if (slots.destruction.admitted) return undefined;
  return { waiting: stalled(slots.destruction.reason, slots.destruction.message) };
}
