import type { RateLimitReading } from '../budget/budget-governor.ts';

type Headers = Readonly<Record<string, string>>;

/** A wait that no rate limit of DigitalOcean exceeds: its longest window is an hour. */
const longestWaitMs = 3_600_000;
const shortestWaitMs = 1000;

/** What the headers of an answer say about the hourly limit, if they do. */
export function readRateLimit(headers: Headers, now: number): RateLimitReading | undefined {
  const limit = count(headers['ratelimit-limit']);
  const remaining = count(headers['ratelimit-remaining']);
  if (limit === undefined || remaining === undefined || limit < 1) return undefined;
  return { limit, remaining, resetMs: msUntilReset(headers, now) ?? longestWaitMs };
}

/** How long a 429 asks us to wait: `retry-after`, else until the oldest request expires; undefined when it does not say. */
export function waitAskedFor(headers: Headers, now: number): number | undefined {
  const asked = msOfRetryAfter(headers, now) ?? resetWhenExhausted(headers, now);
  return asked === undefined ? undefined : Math.min(longestWaitMs, Math.max(shortestWaitMs, asked));
}

function msOfRetryAfter(headers: Headers, now: number): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const seconds = count(text);
  return seconds === undefined ? msUntil(Date.parse(text), headers, now) : seconds * 1000;
}

/** The reset is of use only when the hourly window is what ran out. */
function resetWhenExhausted(headers: Headers, now: number): number | undefined {
  const remaining = count(headers['ratelimit-remaining']);
  return remaining !== undefined && remaining > 0 ? undefined : msUntilReset(headers, now);
}

function msUntilReset(headers: Headers, now: number): number | undefined {
  const reset = count(headers['ratelimit-reset']);
  return reset === undefined ? undefined : msUntil(reset * 1000, headers, now);
}

/** Counted from the answer's own date, so that a wrong clock on either side does no harm. */
function msUntil(epochMs: number, headers: Headers, now: number): number | undefined {
  const sentAt = Date.parse(headers['date'] ?? '');
  const wait = epochMs - (Number.isNaN(sentAt) ? now : sentAt);
  return Number.isNaN(wait) ? undefined : wait;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}
