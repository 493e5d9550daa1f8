const firstSlots = 256;

/** The position of a call in the ring; `cancel` takes it. */
export type Slot = number;

/** The slot of an unlimited window, which records nothing. */
const noSlot: Slot = -1;

/**
 * At most `limit` calls in any `widthMs`. The times of calls lie in a ring, oldest first, so that
 * every operation is O(1) (amortised). Times are monotonic milliseconds. A cancelled call leaves a
 * hole, which is skipped when it becomes the oldest.
 */
export class SlidingWindow {
  limit: number;
  readonly #widthMs: number;
  #ring = new Float64Array(firstSlots);
  /** Absolute positions: the ring index is the position modulo the ring's length, a power of two. */
  #tail = 0;
  #head = 0;
  #live = 0;

  constructor(limit: number, widthMs: number) {
    this.limit = limit;
    this.#widthMs = widthMs;
  }

  /** Calls counted and not yet expired. */
  used(now: number): number {
    this.#expire(now);
    return this.#live;
  }

  take(now: number): Slot {
    if (this.limit === Number.POSITIVE_INFINITY) return noSlot;
    if (this.#head - this.#tail === this.#ring.length) this.#grow();
    this.#ring[this.#index(this.#head)] = now;
    this.#live += 1;
    return this.#head++;
  }

  /** Takes a call out of the count. A slot that has expired meanwhile is ignored. */
  cancel(slot: Slot): void {
    if (slot < this.#tail || this.#at(slot) === Number.NEGATIVE_INFINITY) return;
    this.#live -= 1;
    if (slot === this.#head - 1) this.#head -= 1;
    else this.#ring[this.#index(slot)] = Number.NEGATIVE_INFINITY;
  }

  /**
   * When there is room for `calls` more, if others use `extra`: `now` or later. Holes count as calls that
   * expire, so that after cancellations the answer may be early, never late.
   */
  freeAt(now: number, calls: number, extra: number): number {
    const missing = this.used(now) + extra + calls - this.limit;
    if (missing <= 0) return now;
    let position = this.#tail + Math.min(missing, this.#head - this.#tail) - 1;
    while (position > this.#tail && this.#at(position) === Number.NEGATIVE_INFINITY) position -= 1;
    return position < this.#tail ? now + this.#widthMs : this.#expiry(position);
  }

  #expire(now: number): void {
    while (this.#tail < this.#head && this.#expiry(this.#tail) <= now) {
      if (this.#at(this.#tail) !== Number.NEGATIVE_INFINITY) this.#live -= 1;
      this.#tail += 1;
    }
  }

  #expiry(position: number): number {
    return this.#at(position) + this.#widthMs;
  }

  #at(position: number): number {
    return this.#ring[this.#index(position)] ?? Number.NEGATIVE_INFINITY;
  }

  #index(position: number): number {
    return position % this.#ring.length;
  }

  #grow(): void {
    const larger = new Float64Array(this.#ring.length * 2);
    for (let position = this.#tail; position < this.#head; position++) {
      larger[position % larger.length] = this.#at(position);
    }
    this.#ring = larger;
  }
}
