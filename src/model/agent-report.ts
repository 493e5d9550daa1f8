/** What an agent says about its droplet's bootstrap: how far it is, and which steps have failed. */
export interface BootstrapReport {
  /** Whether the bootstrap is still at work, for the first time or once more. */
  readonly running: boolean;
  /** Names of the steps that failed and still need mending, such as `global npm packages`; none twice. */
  readonly failedSteps: readonly string[];
}

/** Most failed steps kept of one bot, and most characters of each name. The shipped script has 17 steps. */
export const mostFailedSteps = 32;
export const longestStepName = 64;

export function isSameReport(a: BootstrapReport, b: BootstrapReport | undefined): boolean {
  return (
    a.running === b?.running &&
    a.failedSteps.length === b.failedSteps.length &&
    a.failedSteps.every((step, index) => step === b.failedSteps[index])
  );
}

/** What an agent has reported, with its credentials as hashes alone: SHA-256 in hex. */
export type Report =
  | {
      readonly kind: 'register';
      readonly registrationSHA256: string;
      readonly agentSHA256: string;
      /** Of the droplet that it registers from; undefined from agents that say nothing of it. */
      readonly bootstrap?: BootstrapReport | undefined;
    }
  | { readonly kind: 'acknowledge'; readonly agentSHA256: string; readonly configID: string };

/** The answer to a report; what the report changed is durable before the agent gets it. */
export type ReportAnswer =
  | { readonly kind: 'registered' }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly reason: 'unauthorised' | 'unknownConfig' }
  | { readonly kind: 'refused'; readonly reason: 'staleConfig'; readonly desiredConfigID: string }
  | { readonly kind: 'refused'; readonly reason: 'impossibleState'; readonly detail: string };
