/** Losses within this time count together. */
export const massLossWindowMs = 600_000;

/**
 * More than half of what there was before, and more than three, gone within ten minutes: an unmounted volume
 * or a wrong token is likelier than a decision. HARD-CASES.md#mass-disappearance.
 */
export function isMassLoss(lost: number, left: number): boolean {
  return lost > 3 && lost > (lost + left) / 2;
}

/** A source that has declared no bot for so long means it, where a mass loss does not forbid to think so. */
export const emptinessMs = 600_000;

/**
 * The last bots of a source are gone. However few they are, an empty checkout is as likely as a decision:
 * HARD-CASES.md#emptiness.
 */
export function isEmptied(lost: number, left: number): boolean {
  return lost > 0 && left === 0;
}
