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
  /** Bots have another reason to wait, or none any more. */
  readonly onChange: () => void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** A refused token is tried again this often: a person has to act. */
const unauthorisedRetryMs = 60_000;
/** So many failures in a row are told on the bots; fewer are a blip. */
const blip = 3;

/** What is the matter with a cloud or its token, told once, and when to try again. */
export class SiteTrouble {
  readonly #options: Options;
  readonly #toldForbidden = new Set<string>();
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

  /** Takes in a failure; returns the ms until the next try. */
  failed(error: unknown): number {
    this.#failures += 1;
    const fault = faultOf(error);
    const message = error instanceof Error ? error.message : String(error);
    this.#options.log.warn({ fault: fault?.kind, failures: this.#failures }, `cloud: ${message}`);
    if (fault?.kind === 'unauthorised') {
      const told = `${message.replace(/\.?$/, '.')} ${this.#options.remedy}`;
      this.#set({ reason: 'Unauthorised', message: told, stalled: true });
      return unauthorisedRetryMs;
    }
    if (this.#failures >= blip) this.#set({ reason: 'CloudUnavailable', message, stalled: false });
    return this.#retryMs(fault);
  }

  /** What the token may not do, each told once: by its scope where the cloud names one. */
  tellForbidden(scope: string | undefined, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const what = scope ?? message;
    if (this.#toldForbidden.has(what)) return;
    this.#toldForbidden.add(what);
    const told = scope === undefined ? 'the cloud forbids a call' : `the token lacks the scope ${scope}`;
    this.#options.log.error({ ...(scope !== undefined && { scope }) }, `${told}: ${message}`);
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
