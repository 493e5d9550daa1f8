import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { BotEvent } from '../../../ports/source.ts';
import type { EventTable } from './event-table.ts';
import type { GroupCommit } from './group-commit.ts';

/** How long an event may wait for others before it is written, in ms. */
const flushMs = 100;
/** Events kept while the store takes no writes; the oldest beyond that are dropped. */
const mostWaiting = 1000;

/** Takes events without ever making their author wait, and writes them in batches. */
export class DatabaseEventLog {
  readonly #table: EventTable;
  readonly #commits: GroupCommit;
  readonly #clock: Clock;
  #waiting: { event: BotEvent; at: string }[] = [];
  #cancel: Cancel | undefined;

  constructor(table: EventTable, commits: GroupCommit, clock: Clock) {
    this.#table = table;
    this.#commits = commits;
    this.#clock = clock;
  }

  record(event: BotEvent): void {
    this.#waiting.push({ event, at: new Date(this.#clock.now()).toISOString() });
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    this.#cancel ??= this.#clock.schedule(flushMs, () => this.flush());
  }

  /** Hands what waits to the next commit. */
  flush(): void {
    this.close();
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    const write = () => {
      for (const { event, at } of batch) this.#table.add(event, at);
      return () => undefined;
    };
    // Told by the source's health already: history may have a gap, and is tried again with the next event.
    this.#commits.submit(write).catch(() => {
      this.#waiting = [...batch, ...this.#waiting].slice(-mostWaiting);
    });
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
