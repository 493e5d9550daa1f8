import { type Cancel, sleep } from '../../../../ports/clock.ts';
import { faultOf } from '../../../../ports/port-error.ts';
import { EventBudget } from './event-budget.ts';
import type { EventDraft, EventRecorderOptions } from './event-recorder-options.ts';
import { EventSeries, type Series } from './event-series.ts';
import { EventWriter } from './event-writer.ts';

/** Series that wait to be written; more are dropped. */
const mostPending = 1_000;
/** The first repetition is told at once, further ones with the next count so much later. */
const betweenCountsMs = 60_000;
/** Between the tries to write one event. */
const triesAfterMs = [1_000, 2_000, 4_000, 8_000];
/** For what is left when it is stopped. */
const flushMs = 2_000;
/** Drops are told in the log this often. */
const tellDropsMs = 60_000;

/**
 * Records events of events.k8s.io/v1, one at a time and in the background: recording never waits and never fails.
 * Repetitions become the count of a series. A burst about one object, or more than can be written, is thinned out.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new EventSeries();
  readonly #budget: EventBudget;
  readonly #writer: EventWriter;
  readonly #end = new AbortController();
  readonly #ready: Series[] = [];
  /** Those which may not be written yet, and what cancels their wait. */
  readonly #waiting = new Map<Series, Cancel>();
  #writing: Promise<void> | undefined;
  #stopping = false;
  #dropped = 0;
  #toldDropsAt = Number.NEGATIVE_INFINITY;

  constructor(options: EventRecorderOptions) {
    const { client, clock, controller, instance } = options;
    this.#options = options;
    this.#budget = new EventBudget(clock);
    this.#writer = new EventWriter(client, { controller, instance });
  }

  /** Events that were given up since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  record(draft: EventDraft): void {
    if (this.#stopping) return;
    const { clock } = this.#options;
    const series = this.#series.count(draft, clock.now(), clock.monotonic());
    if (series.pending) return;
    if (this.#ready.length + this.#waiting.size >= mostPending) {
      this.#drop(series, 'too many wait');
    } else {
      series.pending = true;
      this.#enqueue(series);
    }
  }

  /** Writes what may be written at once, for 2 s at most. Nothing is recorded any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const [series, cancel] of this.#waiting) {
      cancel();
      this.#drop(series, 'the recorder was stopped');
    }
    this.#waiting.clear();
    const cancel = this.#options.clock.schedule(flushMs, () => this.#end.abort(new Error('out of time')));
    await this.#writing;
    cancel();
  }

  #enqueue(series: Series): void {
    const early = series.notBefore - this.#options.clock.monotonic();
    const wait = early > 0 ? early : this.#budget.take(series.draft.regarding.uid);
    if (wait > 0) {
      this.#later(series, wait);
    } else {
      this.#ready.push(series);
      this.#writing ??= this.#writeAll();
    }
  }

  #later(series: Series, ms: number): void {
    const cancel = this.#options.clock.schedule(ms, () => {
      this.#waiting.delete(series);
      this.#enqueue(series);
    });
    this.#waiting.set(series, cancel);
  }

  async #writeAll(): Promise<void> {
    for (let series = this.#ready.shift(); series; series = this.#ready.shift()) {
      series.pending = false;
      const repeated = series.written > 0 || series.count > 1;
      try {
        await this.#writeOne(series);
        if (repeated) series.notBefore = this.#options.clock.monotonic() + betweenCountsMs;
      } catch (error) {
        this.#drop(series, error instanceof Error ? error.message : String(error));
      }
    }
    this.#writing = undefined;
  }

  async #writeOne(series: Series): Promise<void> {
    const { signal } = this.#end;
    for (const delayMs of triesAfterMs) {
      signal.throwIfAborted();
      try {
        return await this.#writer.write(series, signal);
      } catch (error) {
        if (!faultOf(error, 'unavailable', 'doubtful', 'rateLimited', 'unauthorised')) throw error;
      }
      await sleep(this.#options.clock, delayMs, signal);
    }
    return this.#writer.write(series, signal);
  }

  #drop({ draft, written }: Series, why: string): void {
    const now = this.#options.clock.monotonic();
    this.#dropped += 1;
    if (written === 0) this.#series.forget(draft);
    if (now - this.#toldDropsAt < tellDropsMs) return;
    this.#toldDropsAt = now;
    const { regarding, reason } = draft;
    const object = `${regarding.namespace ?? ''}/${regarding.name}`;
    this.#options.log.warn({ object, reason, why, dropped: this.#dropped }, 'events were not recorded');
  }
}
