import type { Refused } from '../../../bot-api/bot-api.ts';
import { type Problem, unauthorised, unavailable } from './problem.ts';

/** For a leader to be found, mostly. */
const retryMs = 2_000;

/** How a refusal is told over HTTP. */
export function refusalProblem(refused: Refused): Problem {
  switch (refused.reason) {
    case 'unauthorised':
      return unauthorised;
    case 'noConfig':
      return { status: 404, kind: 'no-config', title: 'There is no config for this bot yet' };
    case 'unknownConfig':
      return { status: 404, kind: 'unknown-config', title: 'This bot was not given such a config lately' };
    case 'staleConfig':
      return {
        status: 409,
        kind: 'stale-config',
        title: 'Another config is desired by now',
        members: { desired_config_id: refused.desiredConfigID },
      };
    case 'impossibleState':
      return {
        status: 400,
        kind: 'impossible-state',
        title: 'This cannot be done now',
        detail: refused.detail,
      };
    case 'notLeading':
      return unavailable(retryMs, 'This process does not lead, and the one that does cannot be reached.');
    case 'unavailable':
      return unavailable(refused.retryAfterMs, 'It is not known whether anything was stored.');
  }
}
