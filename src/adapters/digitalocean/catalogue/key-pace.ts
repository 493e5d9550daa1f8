import type { Clock } from '../../../ports/clock.ts';
import { PortError } from '../../../ports/port-error.ts';
import { SlidingWindow } from '../budget/sliding-window.ts';
import { routes } from '../transport/routes.ts';

/** SSH keys may be asked for so often in any minute (https://docs.digitalocean.com/reference/api/, "Rate Limit"). */
const keyCalls = 10;
const windowMs = 60_000;

/** Keeps look-ups of SSH keys within the limit of their own, so that a 429 to one of them is an exception. */
export class KeyPace {
  readonly #clock: Clock;
  readonly #window = new SlidingWindow(keyCalls, windowMs);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a place for one call; throws `rateLimited` when there is none yet. */
  take(): void {
    const now = this.#clock.monotonic();
    const waitMs = this.#window.freeAt(now, 1, 0) - now;
    if (waitMs > 0) {
      const until = this.#clock.now() + Math.ceil(waitMs);
      throw new PortError(
        { kind: 'rateLimited', until },
        `${routes.getKey.name} was not sent: ${keyCalls} SSH keys a minute may be asked for; next try at ${new Date(until).toISOString()}`,
      );
    }
    this.#window.take(now);
  }
}
