/** An agent that lives is heard this often. */
const heartbeatMs = 30_000;

/**
 * Some agent is heard more often than this while all is well: if nobody at all was heard for longer, the
 * network or this process is to blame. A beat, and 10 s in which it may be late.
 */
export const outageMs = heartbeatMs + 10_000;

/**
 * Silence shorter than this has no droplet rebooted or replaced, however short the declared timeout. An agent
 * that lives may be quiet for so long around an outage: its last beat is up to one beat older than the
 * outage, the outage's own first `outageMs` count as silence, and its next beat comes up to one beat later.
 */
export const leastRemediableMs = heartbeatMs + outageMs + heartbeatMs;

/** A bot is silent if it could have been heard for a whole timeout and was not. */
export function isSilent(quietMs: number, timeoutMs: number): boolean {
  return quietMs >= timeoutMs;
}

/**
 * No bot at all has been heard for a whole timeout, so that nothing can be said of any one: they may be
 * silent, or unable to reach this process. `sinceAnyHeardMs`: since one was heard last; undefined if none
 * ever was.
 */
export function isNobodyHeard(sinceAnyHeardMs: number | undefined, timeoutMs: number): boolean {
  return sinceAnyHeardMs === undefined || sinceAnyHeardMs >= timeoutMs;
}

/**
 * More than a tenth of the bots heard before, and more than three, fell silent together: likelier a network's
 * fault than theirs. HARD-CASES.md#silent-together.
 */
export function isMassSilence(silent: number, heardBefore: number): boolean {
  return silent > Math.max(3, heardBefore * 0.1);
}
