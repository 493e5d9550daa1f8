import { confirmHolds } from '../../model/fleet-state.ts';
import type { Leadership } from '../../ports/leadership.ts';
import type { Log } from '../../ports/log.ts';
import type { Source } from '../../ports/source.ts';
import type { EngineParts } from '../parts.ts';
import { Ticker } from '../queue/ticker.ts';
import { changeFleet } from './change-fleet.ts';
import type { LossGuard } from './loss-guard.ts';

const retryMs = 1_000;

/**
 * Lets the last bots of a source go once it has been seen without any for long enough. What time has confirmed is stored
 * as what a person confirms, so that a restart does not hold it again.
 */
export class HoldLapse {
  readonly #source: Source;
  readonly #log: Log;
  readonly #leadership: Leadership;
  readonly #now: () => number;
  readonly #guard: LossGuard;
  readonly #onConfirmed: () => void;
  readonly #ticker: Ticker;

  constructor(
    { source, clock, log, leadership }: Pick<EngineParts, 'source' | 'clock' | 'log' | 'leadership'>,
    guard: LossGuard,
    onConfirmed: () => void,
  ) {
    this.#source = source;
    this.#log = log;
    this.#leadership = leadership;
    this.#now = () => clock.monotonic();
    this.#guard = guard;
    this.#onConfirmed = onConfirmed;
    this.#ticker = new Ticker(clock, () => this.#check());
  }

  /** The hold has changed. */
  arm(): void {
    const { lapse } = this.#guard;
    if (lapse) this.#ticker.at(Math.max(0, lapse.at - this.#now()));
  }

  stop(): void {
    this.#ticker.stop();
  }

  async #check(): Promise<void> {
    const { lapse } = this.#guard;
    if (!lapse) return;
    if (lapse.at > this.#now()) this.arm();
    else if (!this.#source.health().whole) this.#guard.postpone();
    else if (this.#leadership.msLeft() <= 0) this.#ticker.at(retryMs);
    else await this.#confirm();
  }

  async #confirm(): Promise<void> {
    const keys = this.#guard.hold()?.keys ?? [];
    try {
      await changeFleet(this.#source, (state) => confirmHolds(state, 'delete', keys));
    } catch (error) {
      this.#log.error({ err: error }, 'the end of a hold could not be stored: its bots stay held');
      this.#ticker.at(retryMs);
      return;
    }
    this.#log.warn({ bots: keys }, 'no bot was declared for ten minutes: these are deleted now');
    this.#onConfirmed();
  }
}
