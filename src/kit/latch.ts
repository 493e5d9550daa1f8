import type { Timer } from './timer.ts';

/** A pause that can be ended early. A wake before the pause begins ends the next pause at once. */
export class Latch {
  readonly #timer: Timer;
  #isSet = false;
  #end: (() => void) | undefined;

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  wake(): void {
    this.#isSet = true;
    this.#end?.();
  }

  /** True if it was woken before `ms` had passed. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#isSet) await this.#pause(ms);
    const woken = this.#isSet;
    this.#isSet = false;
    return woken;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timer.schedule(ms, () => this.#end?.());
      this.#end = () => {
        cancel();
        this.#end = undefined;
        resolve();
      };
    });
  }
}
