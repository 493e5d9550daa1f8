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
  /** It would create a droplet now; one that would not leaves its place to the next. */
  readonly wants: boolean;
}

/** Whether a claimant may have a droplet. */
export type Grants = (claimant: Claimant) => boolean;

/**
 * Holders keep their place even over the limit; what the limit leaves goes to those who want one, by creation
 * time, then by key. A claimant that wants none takes none, and learns whether it would get one. There is no
 * counter, so nothing can drift.
 */
export function grantsOf(claimants: readonly Claimant[], limit: number): Grants {
  const free = limit - claimants.filter(({ holds }) => holds).length;
  const next = claimants.filter(({ holds, wants }) => wants && !holds).sort(byCreation);
  const last = free > 0 ? next[free - 1] : undefined;
  const isNext: Grants = last ? (one) => byCreation(one, last) <= 0 : () => free > 0;
  return (claimant) => claimant.holds || isNext(claimant);
}

/** Orders claimants by declaration. */
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
 * Whether a bot without a droplet would create one now: not if it is declared Stopped, is deleted, competes
 * with another declaration for its name, or waits to repeat a create that the cloud refused.
 */
export function wantsDroplet(bot: BotRecord, now: number): boolean {
  const { spec, problems } = bot;
  const refusal = refusalOf(bot, 'create');
  if (!spec || powerStateOf(spec) !== 'Running' || isEnding(bot)) return false;
  if (refusal && now < repeatedAt(refusal)) return false;
  return !problems.some(({ duplicate }) => duplicate);
}
