/** What an agent says of its droplet's bootstrap: how far it has come, and what of it has failed. */
export interface BootstrapReport {
  /** Whether the bootstrap is still at work, for the first time or once more. */
  readonly running: boolean;
  /** Names of the steps that have failed and are not mended yet, such as `global npm packages`; none twice. */
  readonly failedSteps: readonly string[];
}

/** So many failed steps are kept of one bot, and so many characters of each name. The shipped script has 17 steps. */
export const mostFailedSteps = 32;
export const longestStepName = 64;

export function isSameReport(a: BootstrapReport, b: BootstrapReport | undefined): boolean {
  return (
    a.running === b?.running &&
    a.failedSteps.length === b.failedSteps.length &&
    a.failedSteps.every((step, index) => step === b.failedSteps[index])
  );
}
