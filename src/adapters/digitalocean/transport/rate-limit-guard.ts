import { backOffMs } from '../../../kit/back-off.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import { PortError } from '../../../ports/port-error.ts';
import type { BudgetGovernor } from '../budget/budget-governor.ts';
import { readRateLimit, waitAskedFor } from './rate-limit-headers.ts';
import type { Route } from './routes.ts';
import type { TransportResponse } from './transport.ts';

/** For a 429 that does not say how long to wait. */
const firstWaitMs = 2000;
const longestWaitMs = 60_000;

/** Tells the budget what the answers say about the rate limits. */
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

  /** Throws `rateLimited` on a 429, whatever its body; no call that it concerns leaves before its `until`. */
  check(route: Route, { status, headers }: TransportResponse): void {
    const now = this.#clock.now();
    const reading = readRateLimit(headers, now);
    if (reading !== undefined) this.#budget.learn(reading);
    if (status !== 429) {
      this.#bareRefusals = 0;
      return;
    }
    const waitMs = waitAskedFor(headers, now) ?? this.#bareWait();
    // Where the route has a limit of its own, only a spent hour concerns the others.
    if (!route.ownLimit || reading?.remaining === 0) this.#budget.block(waitMs);
    const until = now + Math.ceil(waitMs);
    throw new PortError(
      { kind: 'rateLimited', until },
      `${route.name}: the API's rate limit is reached; next try at ${new Date(until).toISOString()}`,
    );
  }

  /** Answers to calls that left together count as one refusal. */
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
