import type { Effect } from '../effect.ts';
import { type Situation, stalled, type Verdict, type Waiting } from '../situation.ts';
import { cloudAge } from './cloud-age.ts';

/** An action in progress is read again after its age, at least and at most after so long. */
const soonestReadMs = 5_000;
const latestReadMs = 60_000;
/** DigitalOcean's actions take minutes at most; after so long a person is told. */
const stuckMs = 15 * 60_000;

/**
 * Waits for the action that an order has begun: while it is in progress, the cloud would refuse another one, and reading it takes the
 * place of polling the droplet. Undefined once it has ended, and the droplet was read since; what it should have brought about is then for the caller to see.
 */
export function openAction(
  situation: Situation,
  { dropletID, request }: Effect & { kind: 'act' },
  actionID: number,
  waiting: Waiting,
): Verdict | undefined {
  const { action, recorded, now } = situation;
  if (action?.id !== actionID) return { look: { kind: 'action', actionID } };
  if (action.status !== 'in-progress') {
    const isRead = recorded.kind === 'seen' && recorded.confirmed;
    return isRead ? undefined : { look: { kind: 'droplet', dropletID } };
  }
  const ageMs = cloudAge(situation, action.startedAt);
  const requeueAt = now + Math.min(latestReadMs, Math.max(soonestReadMs, ageMs));
  if (ageMs < stuckMs) return { waiting, requeueAt };
  const message =
    `Action ${actionID} (${request.type} of droplet ${dropletID}) has been in progress since ${action.startedAt}, which no such action ` +
    'takes: ask DigitalOcean about it by its id. It is read every minute; the bot goes on when it has ended';
  return { waiting: stalled('ActionStuck', message), requeueAt };
}
