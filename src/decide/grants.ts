import type { ResourceKey } from '../model/resource-key.ts';

/** A bot that wants a place in its account's quota. */
export interface Claimant {
  readonly key: ResourceKey;
  readonly createdAt: string;
  /** It has a droplet, an open attempt, or a place kept through replacement or deletion. */
  readonly holds: boolean;
}

/**
 * Who may have a droplet: holders keep their place even over the limit; what the limit leaves goes to the others in
 * order of creation, then of key. No counter, so nothing can drift.
 */
export function grants(claimants: readonly Claimant[], limit: number): Set<ResourceKey> {
  const holders = claimants.filter((claimant) => claimant.holds);
  const free = Math.max(0, limit - holders.length);
  const next = claimants
    .filter((claimant) => !claimant.holds)
    .sort(byCreation)
    .slice(0, free);
  return new Set([...holders, ...next].map((claimant) => claimant.key));
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
