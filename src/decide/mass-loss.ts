/** Losses within this time count together. */
export const massLossWindowMs = 600_000;

/**
 * More than half of what there was before, and more than three, gone within ten minutes: an unmounted volume or a
 * wrong token is likelier than a decision. hard-cases.md, "Mass disappearance".
 */
export function isMassLoss(lost: number, left: number): boolean {
  return lost > 3 && lost > (lost + left) / 2;
}
