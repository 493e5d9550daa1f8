import { type BootstrapReport, longestStepName, mostFailedSteps } from '../model/spec/bootstrap-report.ts';

/**
 * An agent's report as it may be kept and shown to people: of each step's name only letters, digits, space and `._+-`
 * (others become `_`), 64 characters; no name twice, none empty, 32 at most. Undefined where there is no report.
 */
export function toldBootstrap(told: BootstrapReport | undefined): BootstrapReport | undefined {
  if (!told) return undefined;
  const names = told.failedSteps.map(plain).filter((name) => name !== '');
  return { running: told.running, failedSteps: [...new Set(names)].slice(0, mostFailedSteps) };
}

function plain(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9 ._+-]/g, '_')
    .trim()
    .slice(0, longestStepName);
}
