import { backOffMs } from '../../kit/back-off.ts';
import { type Effect, effectSignature, type RecentEffect } from '../effect.ts';
import { cloudAge, type Situation, stalled, timeOf, type Verdict, type Waiting } from '../situation.ts';
import { afterRefusedOrder } from './refused-order.ts';

const repeatAfterMs = 30_000;
/** An effect that shows no result is repeated after twice the time, up to this. */
const longestRepeatMs = 300_000;
/** An effect without a result this many times in a row is reported to a person. */
const mostTimes = 5;
/** An action in progress is read again after as long as it has taken so far, within these bounds. */
const soonestReadMs = 5_000;
const latestReadMs = 60_000;
/** DigitalOcean's actions take minutes at most; one that takes this long is reported to a person. */
const stuckMs = 15 * 60_000;

/**
 * Carries out `effect` unless this process just did, its action is in progress, or the cloud has just refused
 * it; then waits for its result and repeats it at growing intervals.
 */
export function unlessRecent(
  situation: Situation,
  effect: Effect,
  waiting: Waiting,
  repeatMs = repeatAfterMs,
): Verdict {
  return afterRefusedOrder(situation, effect, waiting) ?? unrefused(situation, effect, waiting, repeatMs);
}

function unrefused(situation: Situation, effect: Effect, waiting: Waiting, repeatMs: number): Verdict {
  const recent = recentWithinStep(situation, effect);
  const watch = 'dropletID' in effect ? { watch: effect.dropletID } : {};
  const shown = recent && recent.times >= mostTimes ? withoutEffect(effect) : waiting;
  const dueInMs = recent ? dueMs(recent, repeatMs) - recent.sinceMs : 0;
  if (recent && recent.sinceMs < repeatMs) return wait(situation, shown, repeatMs - recent.sinceMs, watch);
  const open = underWay(situation, effect, waiting);
  if (open) return open;
  return dueInMs > 0 ? wait(situation, shown, dueInMs, watch) : { effect, waiting: shown, ...watch };
}

function wait({ now }: Situation, waiting: Waiting, ms: number, watch: Pick<Verdict, 'watch'>): Verdict {
  return { waiting, ...watch, requeueAt: now + ms };
}

function dueMs({ times }: RecentEffect, repeatMs: number): number {
  return backOffMs(times, repeatMs, longestRepeatMs);
}

function withoutEffect(effect: Effect): Waiting {
  const message =
    `The cloud has accepted \`${effectSignature(effect)}\` several times in a row without effect: look at the droplet in ` +
    'DigitalOcean’s control panel. It is repeated every five minutes';
  return stalled('NoEffect', message);
}

/** Waits for the cloud's action that `effect` began; undefined if none is known or it has ended. */
export function underWay(situation: Situation, effect: Effect, waiting: Waiting): Verdict | undefined {
  if (effect.kind !== 'act') return undefined;
  const actionID = recentWithinStep(situation, effect)?.actionID ?? situation.status.operation?.actionID;
  return actionID === undefined ? undefined : openAction(situation, effect, actionID, waiting);
}

/**
 * Milliseconds since this process carried out `effect` for the present step of the open operation; undefined
 * if it did not.
 */
export function sinceWithinStep(situation: Situation, effect: Effect): number | undefined {
  return recentWithinStep(situation, effect)?.sinceMs;
}

/** An effect from before the present step of the open operation belongs to another step. */
function recentWithinStep({ effects, status, now }: Situation, effect: Effect): RecentEffect | undefined {
  const signature = effectSignature(effect);
  const recent = effects.find((one) => one.signature === signature);
  if (!recent || !status.operation) return recent;
  const stepAge = now - timeOf(status.operation.stepAt);
  return stepAge >= 0 && recent.sinceMs > stepAge ? undefined : recent;
}

/**
 * Waits for the action that an order began. While it is in progress, the cloud would refuse another, and
 * reading the action replaces polling the droplet. Undefined once the action has ended and the droplet was
 * read since; the caller then sees what came of it.
 */
function openAction(
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
    `Action ${actionID} (${request.type} of droplet ${dropletID}) has been in progress since ${action.startedAt}, longer than any ` +
    'such action takes: ask DigitalOcean about it by its id. It is read every minute; the bot goes on once it has ended';
  return { waiting: stalled('ActionStuck', message), requeueAt };
}
