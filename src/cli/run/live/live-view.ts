import type { FleetOverview } from '../../../model/fleet-overview.ts';
import type { BotRecord } from '../../../model/records.ts';
import { paintFor } from '../../text/terminal.ts';
import { fleetScreen } from './fleet-screen.ts';
import { type LogEntry, logLine } from './log-line.ts';

/** At most ten pictures a second; at least one, since ages and budgets move by themselves. */
const shortestPauseMs = 100;
const longestPauseMs = 1_000;
/** More than any picture shows. */
const keptEntries = 50;

/** What the picture shows, read again each time. */
export interface Subject {
  overview(): FleetOverview;
  bots(): Iterable<BotRecord>;
  onChange(listener: () => void): () => void;
  readonly cloud: string;
}

/** Shows the fleet on a terminal, redrawn in place as it changes. */
export class LiveView {
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #entries: LogEntry[] = [];
  #shown: { readonly screen: Screen; readonly subject: Subject; readonly stop: () => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = 0;
  #closed = false;

  constructor(stream: NodeJS.WriteStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  /** A log entry for the picture; those of before `open` are kept for it, those of after `close` are written out. */
  add(entry: LogEntry): void {
    if (this.#closed) this.#stream.write(`${logLine(entry, paintFor(this.#stream))}\n`);
    this.#entries.push(entry);
    if (this.#entries.length > keptEntries) this.#entries.shift();
    this.#soon();
  }

  open(subject: Subject): void {
    const stop = subject.onChange(() => this.#soon());
    this.#stream.on('resize', this.#onResize);
    this.#shown = { screen: new Screen(this.#stream), subject, stop };
    this.#draw();
  }

  /** Draws a last time and lets go of the terminal. */
  close(): void {
    const shown = this.#shown;
    if (!shown) return;
    shown.stop();
    this.#stream.off('resize', this.#onResize);
    this.#draw();
    clearTimeout(this.#timer);
    this.#shown = undefined;
    this.#closed = true;
    shown.screen.close();
  }

  readonly #onResize = (): void => this.#soon();

  #soon(): void {
    this.#schedule(Math.max(0, this.#drawnAt + shortestPauseMs - this.#now()));
  }

  #schedule(delayMs: number): void {
    if (!this.#shown) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#draw(), delayMs);
  }

  #draw(): void {
    if (!this.#shown) return;
    const { screen, subject } = this.#shown;
    const now = this.#now();
    const picture = { overview: subject.overview(), bots: subject.bots(), entries: this.#entries };
    const { cloud } = subject;
    screen.draw(fleetScreen({ ...picture, cloud, now, rows: screen.rows, paint: paintFor(this.#stream) }));
    this.#drawnAt = now;
    this.#schedule(longestPauseMs);
  }
}

/** Control sequences of ECMA-48 and DEC that every terminal of today knows. */
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const noWrap = '\x1b[?7l';
const wrap = '\x1b[?7h';
const clearToEnd = '\x1b[K';
const clearBelow = '\x1b[J';

/** A block of lines at the end of the terminal's output that is redrawn in place. Over-long lines are cut. */
class Screen {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.write(hideCursor);
    process.once('exit', this.#restore);
  }

  get rows(): number {
    return this.#stream.rows || 24;
  }

  draw(lines: readonly string[]): void {
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    const text = lines.map((line) => `${line}${clearToEnd}\n`).join('');
    this.#stream.write(`${noWrap}${up}\r${text}${clearBelow}${wrap}`);
    this.#drawn = lines.length;
  }

  /** Leaves the last picture where it is; what is written from now on stands below. */
  close(): void {
    process.removeListener('exit', this.#restore);
    this.#restore();
  }

  readonly #restore = (): void => {
    this.#stream.write(`${wrap}${showCursor}`);
  };
}
