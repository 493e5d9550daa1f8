import type { Refused } from './bot-api.ts';

const retryAfterMs = 2_000;

export const unauthorised: Refused = { kind: 'refused', reason: 'unauthorised' };
export const noConfig: Refused = { kind: 'refused', reason: 'noConfig' };
export const unavailable: Refused = { kind: 'refused', reason: 'unavailable', retryAfterMs };

/** `leader`: `host:port` of the process that leads, when known. */
export function notLeading(leader: string | undefined): Refused {
  return { kind: 'refused', reason: 'notLeading', ...(leader !== undefined && { forwardTo: leader }) };
}

export function impossible(detail: string): Refused {
  return { kind: 'refused', reason: 'impossibleState', detail };
}
