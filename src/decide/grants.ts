import { type BotRecord, isEnding } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import { powerStateOf } from '../model/spec/bot-spec.ts';
import { refusalOf, repeatedAt } from './droplet/refusal.ts';

/** A bot that wants a place in its account's quota. */
export interface Claimant {
  readonly key: ResourceKey;
  readonly createdAt: string;
  /** It has a droplet, an open attempt, or a place kept through replacement or deletion. */
  readonly holds: boolean;
  /** It would create a droplet now; one that would not, leaves its place to the next. */
  readonly wants: boolean;
}

/** Whether a claimant may have a droplet. */
export type Grants = (claimant: Claimant) => boolean;

/**
 * Holders keep their place even over the limit; what the limit leaves goes to those who want one, in order of creation, then of
 * key. Who wants none takes none, and is told whether it would have one if it did. No counter, so nothing can drift.
 */
export function grantsOf(claimants: readonly Claimant[], limit: number): Grants {
  const free = limit - claimants.filter(({ holds }) => holds).length;
  const next = claimants.filter(({ holds, wants }) => wants && !holds).sort(byCreation);
  const last = free > 0 ? next[free - 1] : undefined;
  const isNext: Grants = last ? (one) => byCreation(one, last) <= 0 : () => free > 0;
  return (claimant) => claimant.holds || isNext(claimant);
}

/** Order of declaration. */
export function byCreation(
  a: Pick<Claimant, 'key' | 'createdAt'>,
  b: Pick<Claimant, 'key' | 'createdAt'>,
): number {
  return compare(a.createdAt, b.createdAt) || compare(a.key, b.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Whether a bot without a droplet would create one now: not while it is declared Stopped, is deleted, or two declarations compete
 * for its name, nor while it waits to repeat a create that the cloud refused.
 */
export function wantsDroplet(bot: BotRecord, now: number): boolean {
  const { spec, problems } = bot;
  const refusal = refusalOf(bot, 'create');
  if (!spec || powerStateOf(spec) !== 'Running' || isEnding(bot)) return false;
  if (refusal && now < repeatedAt(refusal)) return false;
  return !problems.some(({ duplicate }) => duplicate);
}
