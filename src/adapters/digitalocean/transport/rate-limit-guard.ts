import { backOffMs } from '../../../kit/back-off.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import { PortError } from '../../../ports/port-error.ts';
import type { BudgetGovernor, RateLimitReading } from '../budget/budget-governor.ts';
import type { Route } from './routes.ts';
import type { TransportResponse } from './transport.ts';

/** The first wait after a 429 that does not say how long to wait. */
const firstWaitMs = 2000;
const longestWaitMs = 60_000;

/** Corrects the budget from what answers say about the rate limits. */
export class RateLimitGuard {
  readonly #budget: BudgetGovernor;
  readonly #clock: Clock;
  readonly #chance: Chance;
  #bareRefusals = 0;
  #waitsUntil = 0;

  constructor(budget: BudgetGovernor, clock: Clock, chance: Chance) {
    this.#budget = budget;
    this.#clock = clock;
    this.#chance = chance;
  }

  /**
   * Throws `rateLimited` on a 429, whatever its body; no call that it concerns is sent before its `until`.
   */
  check(route: Route, { status, headers }: TransportResponse): void {
    const now = this.#clock.now();
    const reading = readRateLimit(headers, now);
    if (reading !== undefined) this.#budget.learn(reading);
    if (status !== 429) {
      this.#bareRefusals = 0;
      return;
    }
    const waitMs = waitAskedFor(headers, now) ?? this.#bareWait();
    // A 429 to a route with its own limit concerns other calls only if the hour is used up.
    if (!route.ownLimit || reading?.remaining === 0) this.#budget.block(waitMs);
    const until = now + Math.ceil(waitMs);
    throw new PortError(
      { kind: 'rateLimited', until },
      `${route.name}: the API's rate limit is reached; next try at ${new Date(until).toISOString()}`,
    );
  }

  /** Answers to calls that were sent together count as one refusal. */
  #bareWait(): number {
    const now = this.#clock.monotonic();
    if (now >= this.#waitsUntil) {
      this.#bareRefusals += 1;
      this.#waitsUntil =
        now + backOffMs(this.#bareRefusals, firstWaitMs, longestWaitMs) * (0.5 + this.#chance.random() / 2);
    }
    return this.#waitsUntil - now;
  }
}

type Headers = Readonly<Record<string, string>>;

/** The longest wait that is believed: DigitalOcean's longest window is an hour. */
const longestAskedMs = 3_600_000;
const shortestAskedMs = 1000;

/** The hourly limit as the headers of an answer state it, if they do. */
function readRateLimit(headers: Headers, now: number): RateLimitReading | undefined {
  const limit = count(headers['ratelimit-limit']);
  const remaining = count(headers['ratelimit-remaining']);
  if (limit === undefined || remaining === undefined || limit < 1) return undefined;
  return { limit, remaining, resetMs: msUntilReset(headers, now) ?? longestAskedMs };
}

/**
 * How long a 429 asks us to wait: `retry-after`, else until the oldest request
 * expires; undefined if it does not say.
 */
function waitAskedFor(headers: Headers, now: number): number | undefined {
  const asked = msOfRetryAfter(headers, now) ?? resetWhenExhausted(headers, now);
  return asked === undefined ? undefined : Math.min(longestAskedMs, Math.max(shortestAskedMs, asked));
}

function msOfRetryAfter(headers: Headers, now: number): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const seconds = count(text);
  return seconds === undefined ? msUntil(Date.parse(text), headers, now) : seconds * 1000;
}

/** The reset matters only if the hourly window is used up. */
function resetWhenExhausted(headers: Headers, now: number): number | undefined {
  const remaining = count(headers['ratelimit-remaining']);
  return remaining !== undefined && remaining > 0 ? undefined : msUntilReset(headers, now);
}

function msUntilReset(headers: Headers, now: number): number | undefined {
  const reset = count(headers['ratelimit-reset']);
  return reset === undefined ? undefined : msUntil(reset * 1000, headers, now);
}

/** Counts from the answer's own date, so that a wrong clock on either side does no harm. */
function msUntil(epochMs: number, headers: Headers, now: number): number | undefined {
  const sentAt = Date.parse(headers['date'] ?? '');
  const wait = epochMs - (Number.isNaN(sentAt) ? now : sentAt);
  return Number.isNaN(wait) ? undefined : wait;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}
