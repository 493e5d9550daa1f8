import type { Cancel, Clock } from '../../../../ports/clock.ts';

/** A pause that can be ended early; whoever ends it before it began ends the next one. */
export class Latch {
  readonly #clock: Clock;
  #isSet = false;
  #end: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#isSet = true;
    this.#end?.();
  }

  /** True when it was ended before `ms` had passed. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#isSet) await this.#pause(ms);
    const woken = this.#isSet;
    this.#isSet = false;
    return woken;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel: Cancel = this.#clock.schedule(ms, () => this.#end?.());
      this.#end = () => {
        cancel();
        this.#end = undefined;
        resolve();
      };
    });
  }
}
