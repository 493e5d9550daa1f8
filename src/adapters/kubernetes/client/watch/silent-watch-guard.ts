import type { Cancel, Clock } from '../../../../ports/clock.ts';

/** Aborts its signal when nothing was heard for so long; its owner tells what it hears. */
export class SilentWatchGuard implements Disposable {
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  #allowedMs: number;
  #heardAt: number;
  #cancel: Cancel;

  constructor(clock: Clock, allowedMs: number) {
    this.#clock = clock;
    this.#allowedMs = allowedMs;
    this.#heardAt = clock.monotonic();
    this.#cancel = this.#wait(allowedMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get fired(): boolean {
    return this.#abort.signal.aborted;
  }

  heard(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  /** From now on so long. */
  allow(ms: number): void {
    this.heard();
    this.#allowedMs = ms;
    this.#cancel();
    this.#cancel = this.#wait(ms);
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #wait(ms: number): Cancel {
    return this.#clock.schedule(ms, () => {
      const left = this.#heardAt + this.#allowedMs - this.#clock.monotonic();
      if (left > 0) this.#cancel = this.#wait(left);
      else this.#abort.abort(new Error(`nothing was heard for ${this.#allowedMs / 1_000} s`));
    });
  }
}
