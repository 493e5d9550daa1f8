import type { ResourceKey } from '../model/resource-key.ts';

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
