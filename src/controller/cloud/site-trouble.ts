import type { CloudSituation } from '../../decide/input.ts';
import { backOffMs } from '../../kit/back-off.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { type Fault, faultOf } from '../../ports/port-error.ts';

type Trouble = NonNullable<CloudSituation['blocked']>;

interface Options {
  readonly clock: Clock;
  readonly log: Log;
  /** What a person has to do when the token is refused. */
  readonly remedy: string;
  /** The reason why bots wait has changed or gone. */
  readonly onChange: () => void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** A refused token is tried again this often: a person has to act. */
const unauthorisedRetryMs = 60_000;
/** From this many failures in a row the bots' conditions say so; fewer are a blip. */
const blip = 3;

/** What is wrong with a cloud or its token, logged once, and when to try again. */
export class SiteTrouble {
  readonly #options: Options;
  readonly #loggedForbidden = new Set<string>();
  #current: Trouble | undefined;
  #failures = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  get current(): Trouble | undefined {
    return this.#current;
  }

  over(): void {
    this.#failures = 0;
    this.#set(undefined);
  }

  /** Records a failure; returns the ms until the next try. */
  failed(error: unknown): number {
    this.#failures += 1;
    const fault = faultOf(error);
    const message = error instanceof Error ? error.message : String(error);
    this.#options.log.warn({ fault: fault?.kind, failures: this.#failures }, `cloud: ${message}`);
    if (fault?.kind === 'unauthorised') {
      const advice = `${message.replace(/\.?$/, '.')} ${this.#options.remedy}`;
      this.#set({ reason: 'Unauthorised', message: advice, stalled: true });
      return unauthorisedRetryMs;
    }
    if (this.#failures >= blip) this.#set({ reason: 'CloudUnavailable', message, stalled: false });
    return this.#retryMs(fault);
  }

  /** Logs each thing that the token may not do once, by its scope where the cloud names one. */
  logForbidden(scope: string | undefined, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const what = scope ?? message;
    if (this.#loggedForbidden.has(what)) return;
    this.#loggedForbidden.add(what);
    const lack = scope === undefined ? 'the cloud forbids a call' : `the token lacks the scope ${scope}`;
    this.#options.log.error({ ...(scope !== undefined && { scope }) }, `${lack}: ${message}`);
  }

  #retryMs(fault: Fault | undefined): number {
    const backoff = backOffMs(this.#failures, firstRetryMs, longestRetryMs);
    return fault?.kind === 'rateLimited'
      ? Math.max(backoff, fault.until - this.#options.clock.now())
      : backoff;
  }

  #set(trouble: Trouble | undefined): void {
    const before = this.#current;
    this.#current = trouble;
    if (before?.reason !== trouble?.reason) this.#options.onChange();
  }
}
