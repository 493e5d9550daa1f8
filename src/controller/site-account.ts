import type { Clock } from '../ports/clock.ts';
import type { Cloud, CloudAccount, CloudIdentity } from '../ports/cloud.ts';

/** The account is read anew this often; more often while its droplet limit keeps bots waiting. */
const readAgainMs = 3_600_000;
const readAgainAtLimitMs = 60_000;

/** Which account a token leads to, and how many droplets it may have. */
export class SiteAccount {
  readonly #cloud: Cloud;
  readonly #clock: Clock;
  #identity: CloudIdentity | undefined;
  #latest: CloudAccount | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(cloud: Cloud, clock: Clock) {
    this.#cloud = cloud;
    this.#clock = clock;
  }

  get identity(): CloudIdentity | undefined {
    return this.#identity;
  }

  get latest(): CloudAccount | undefined {
    return this.#latest;
  }

  /** Reads the account when it is time; true when its droplet limit was raised. */
  async refresh(atLimit: boolean, signal: AbortSignal): Promise<boolean> {
    const now = this.#clock.monotonic();
    if (now - this.#readAt < (atLimit ? readAgainAtLimitMs : readAgainMs)) return false;
    const before = this.#latest;
    const options = { class: before ? 'background' : 'transition', signal } as const;
    this.#latest = await this.#cloud.account(options);
    this.#identity ??= await this.#cloud.identity(options);
    this.#readAt = now;
    return before !== undefined && this.#latest.dropletLimit > before.dropletLimit;
  }
}
