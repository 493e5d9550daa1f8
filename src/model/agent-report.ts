import type { BootstrapReport } from './spec/bootstrap-report.ts';

/** What an agent has told, with its credentials proven by hashes alone; SHA-256 in hex. */
export type Report =
  | {
      readonly kind: 'register';
      readonly registrationSHA256: string;
      readonly agentSHA256: string;
      /** Of the droplet that it registers from; undefined from agents that say nothing of it. */
      readonly bootstrap?: BootstrapReport | undefined;
    }
  | { readonly kind: 'acknowledge'; readonly agentSHA256: string; readonly configID: string };

/** What becomes of a report; what it changed is durable before the agent is told. */
export type ReportAnswer =
  | { readonly kind: 'registered' }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly reason: 'unauthorised' | 'unknownConfig' }
  | { readonly kind: 'refused'; readonly reason: 'staleConfig'; readonly desiredConfigID: string }
  | { readonly kind: 'refused'; readonly reason: 'impossibleState'; readonly detail: string };
