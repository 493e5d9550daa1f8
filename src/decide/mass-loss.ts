import type { ResourceKey } from '../model/resource-key.ts';

/** Losses within this time count together. */
export const massLossWindowMs = 600_000;

export interface Loss {
  readonly key: ResourceKey;
  /** Monotonic ms. */
  readonly at: number;
}

/**
 * More than half of what there was before, and more than three, gone within ten minutes: an unmounted volume or a
 * wrong token is likelier than a decision. hard-cases.md, "Mass disappearance".
 */
export function isMassLoss(lost: number, left: number): boolean {
  return lost > 3 && lost > (lost + left) / 2;
}

export function recentLosses(losses: readonly Loss[], now: number): Loss[] {
  return losses.filter((loss) => now - loss.at < massLossWindowMs);
}
