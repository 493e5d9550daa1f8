import type { Clock } from '../ports/clock.ts';
import type { Cloud, CloudAccount, CloudIdentity } from '../ports/cloud.ts';
import type { Log } from '../ports/log.ts';

/** The account is read anew this often; more often while its droplet limit keeps bots waiting. */
const readAgainMs = 3_600_000;
const readAgainAtLimitMs = 60_000;

/** Which account a token leads to, and how many droplets it may have. */
export class SiteAccount {
  readonly #cloud: Cloud;
  readonly #clock: Clock;
  readonly #log: Log;
  #identity: CloudIdentity | undefined;
  #latest: CloudAccount | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(cloud: Cloud, clock: Clock, log: Log) {
    this.#cloud = cloud;
    this.#clock = clock;
    this.#log = log;
  }

  get identity(): CloudIdentity | undefined {
    return this.#identity;
  }

  get latest(): CloudAccount | undefined {
    return this.#latest;
  }

  /** Reads the account once; throws until that has succeeded. */
  async connect(signal: AbortSignal): Promise<void> {
    if (this.#identity) return;
    const options = { class: 'transition', signal } as const;
    this.#latest = await this.#cloud.account(options);
    this.#identity = await this.#cloud.identity(options);
    this.#readAt = this.#clock.monotonic();
  }

  /** Reads the account anew when it is time; true when its droplet limit was raised. A failure is no reason to look at nothing else. */
  async refresh(atLimit: boolean, signal: AbortSignal): Promise<boolean> {
    const now = this.#clock.monotonic();
    const before = this.#latest;
    if (!before || now - this.#readAt < (atLimit ? readAgainAtLimitMs : readAgainMs)) return false;
    this.#readAt = now;
    try {
      this.#latest = await this.#cloud.account({ class: 'background', signal });
    } catch (error) {
      if (signal.aborted) throw error;
      this.#log.warn({ err: error }, 'the account’s droplet limit could not be read; that is tried again');
    }
    return (this.#latest?.dropletLimit ?? 0) > before.dropletLimit;
  }
}
