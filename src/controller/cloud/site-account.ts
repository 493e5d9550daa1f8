import type { AccountStanding } from '../../decide/input.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cloud, CloudAccount, CloudIdentity } from '../../ports/cloud.ts';
import type { Log } from '../../ports/log.ts';

/** How often the account is read again; more often while it keeps bots waiting, or may be locked. */
const readAgainMs = 3_600_000;
const readAgainSoonMs = 60_000;

/** What a reading of the account has found: a higher droplet limit, and another standing. */
interface AccountNews {
  readonly raised: boolean;
  readonly turned: boolean;
}

const noNews: AccountNews = { raised: false, turned: false };

/** Which account a token leads to, how many droplets it may have, and what is held against it. */
export class SiteAccount {
  readonly #cloud: Cloud;
  readonly #clock: Clock;
  readonly #log: Log;
  #identity: CloudIdentity | undefined;
  #latest: CloudAccount | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #isDoubted = false;

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
    this.#tellStanding(undefined);
  }

  /** A call was forbidden: the account may be locked, so it is read again soon. */
  doubt(): void {
    this.#isDoubted = true;
  }

  /** Reads the account again when it is time. A failure keeps nothing else from being read. */
  async refresh(atLimit: boolean, signal: AbortSignal): Promise<AccountNews> {
    const now = this.#clock.monotonic();
    const before = this.#latest;
    const isPressing = atLimit || this.#isDoubted || before?.status !== 'active';
    if (!before || now - this.#readAt < (isPressing ? readAgainSoonMs : readAgainMs)) return noNews;
    this.#readAt = now;
    try {
      const account = await this.#cloud.account({ class: 'background', signal });
      this.#isDoubted = false;
      this.#latest = account;
      this.#tellStanding(before);
      return { raised: account.dropletLimit > before.dropletLimit, turned: account.status !== before.status };
    } catch (error) {
      if (signal.aborted) throw error;
      this.#log.warn({ err: error }, 'the account could not be read; trying again');
      return noNews;
    }
  }

  #tellStanding(before: CloudAccount | undefined): void {
    const { latest } = this;
    const standing = standingOf(latest);
    if (latest?.status === (before?.status ?? 'active')) return;
    const fields = { account: latest?.uuid, status: latest?.status };
    if (standing) this.#log.warn(fields, standing.message);
    else this.#log.info(fields, 'the cloud account is in good standing again');
  }
}

/** What the cloud holds against the account, for the conditions of its bots; undefined while that is nothing. */
export function standingOf(account: CloudAccount | undefined): AccountStanding | undefined {
  if (!account || account.status === 'active') return undefined;
  const said = account.statusMessage === '' ? '' : `, and says: ${account.statusMessage}`;
  return account.status === 'locked'
    ? {
        reason: 'AccountLocked',
        message: `DigitalOcean has locked the account${said}. Nothing is created; droplets that exist keep running. DigitalOcean support can unlock the account`,
      }
    : {
        reason: 'AccountWarning',
        message: `DigitalOcean has a warning on the account${said}. Everything goes on; resolve it before the account is locked`,
      };
}
