import { type Effect, effectSignature } from './effect.ts';
import { type Situation, timeOf, type Verdict, type Waiting } from './situation.ts';

const repeatAfterMs = 30_000;

/** Carries out `effect` unless this process did so a moment ago; then waits to see it, and repeats it after 30 s. */
export function once(
  situation: Situation,
  effect: Effect,
  waiting: Waiting,
  repeatMs = repeatAfterMs,
): Verdict {
  const since = sinceWithinStep(situation, effect);
  const watch = 'dropletID' in effect ? { watch: effect.dropletID } : {};
  if (since === undefined || since >= repeatMs) return { effect, waiting, ...watch };
  return { waiting, ...watch, requeueAt: situation.now + repeatMs - since };
}

/**
 * Milliseconds since this process carried `effect` out for the present step of the open operation, if it did: what was
 * carried out before the step began was for another one.
 */
export function sinceWithinStep({ effects, status, now }: Situation, effect: Effect): number | undefined {
  const signature = effectSignature(effect);
  const since = effects.find((recent) => recent.signature === signature)?.sinceMs;
  if (since === undefined || !status.operation) return since;
  const stepAge = now - timeOf(status.operation.stepAt);
  return stepAge >= 0 && since > stepAge ? undefined : since;
}
