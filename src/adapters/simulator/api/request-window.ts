/** At most `limit` takes in any `lengthMs`: each take expires that long after it was made. */
export class RequestWindow {
  readonly #lengthMs: number;
  #takes: number[] = [];
  #expired = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  used(now: number): number {
    this.#expire(now);
    return this.#takes.length - this.#expired;
  }

  /** When the oldest take expires; undefined when there is none. */
  firstExpiry(now: number): number | undefined {
    this.#expire(now);
    const oldest = this.#takes[this.#expired];
    return oldest === undefined ? undefined : oldest + this.#lengthMs;
  }

  take(now: number): void {
    this.#takes.push(now);
  }

  #expire(now: number): void {
    const takes = this.#takes;
    while (this.#expired < takes.length && (takes[this.#expired] ?? now) + this.#lengthMs <= now)
      this.#expired += 1;
    if (this.#expired < 1_024 || this.#expired * 2 < takes.length) return;
    this.#takes = takes.slice(this.#expired);
    this.#expired = 0;
  }
}
