import { type Effect, effectSignature } from './effect.ts';
import type { Situation, Verdict, Waiting } from './situation.ts';

const repeatAfterMs = 30_000;

/** Carries out `effect` unless this process did so a moment ago; then waits to see it, and repeats it after 30 s. */
export function once(
  situation: Situation,
  effect: Effect,
  waiting: Waiting,
  repeatMs = repeatAfterMs,
): Verdict {
  const since = situation.sinceEffect(effectSignature(effect));
  const watch = 'dropletID' in effect ? { watch: effect.dropletID } : {};
  if (since === undefined || since >= repeatMs) return { effect, waiting, ...watch };
  return { waiting, ...watch, requeueAt: situation.now + repeatMs - since };
}
