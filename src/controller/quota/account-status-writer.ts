import { isDeepStrictEqual } from 'node:util';
import type { ResourceKey } from '../../model/resource-key.ts';
import { botLimit } from '../../model/spec/account-spec.ts';
import type { Leadership } from '../../ports/leadership.ts';
import type { Log } from '../../ports/log.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { Source } from '../../ports/source.ts';
import type { EngineParts } from '../parts.ts';
import { Ticker } from '../queue/ticker.ts';
import { AccountTrouble } from './account-trouble.ts';
import type { QuotaTracker } from './quota-tracker.ts';

type Parts = Pick<EngineParts, 'source' | 'clock' | 'log' | 'leadership'>;

/** Moves of an account within this time share one status write. */
const gatherMs = 1_000;

/** Reports each account's use, and calls the bots that wait for a place when one may have become free. */
export class AccountStatusWriter {
  readonly #source: Source;
  readonly #quota: QuotaTracker;
  readonly #log: Log;
  readonly #leadership: Leadership;
  readonly #call: (keys: readonly ResourceKey[]) => void;
  readonly #moved = new Set<ResourceKey>();
  readonly #reporter: Ticker;
  readonly #trouble: AccountTrouble;

  constructor(parts: Parts, quota: QuotaTracker, call: (keys: readonly ResourceKey[]) => void) {
    const { source, clock, log, leadership } = parts;
    this.#source = source;
    this.#quota = quota;
    this.#log = log;
    this.#leadership = leadership;
    this.#call = call;
    this.#trouble = new AccountTrouble(parts);
    this.#reporter = new Ticker(clock, () => this.#report());
  }

  /** A place of the account was taken or became free. */
  moved(account: ResourceKey): void {
    this.#moved.add(account);
    this.#reporter.at(gatherMs);
  }

  /** The account itself was changed: every bot of it is concerned. */
  changed(account: ResourceKey): void {
    this.#trouble.look(account);
    this.#quota.limitChanged(account);
    this.#call(this.#quota.bots(account));
    this.moved(account);
  }

  stop(): void {
    this.#reporter.stop();
  }

  async #report(): Promise<void> {
    const accounts = [...this.#moved];
    this.#moved.clear();
    for (const account of accounts) this.#call(this.#nextWaiting(account));
    await Promise.all(accounts.map((account) => this.#write(account)));
  }

  /** Those waiting to whom a place is granted now. */
  #nextWaiting(account: ResourceKey): ResourceKey[] {
    const record = this.#source.account(account);
    return this.#quota.waiting(account).filter((key) => this.#quota.grant(key, record).granted);
  }

  async #write(account: ResourceKey): Promise<void> {
    const record = this.#source.account(account);
    if (!record?.spec || this.#leadership.msLeft() <= 0) return;
    const limit = botLimit(record.spec);
    const status = { ...this.#quota.use(account, limit), limit, observedGeneration: record.generation };
    if (isDeepStrictEqual(record.status, status)) return;
    try {
      await this.#source.writeAccountStatus(record, status);
    } catch (error) {
      if (!faultOf(error, 'conflict'))
        this.#log.warn({ account, err: error }, 'the account’s status could not be stored');
      this.moved(account);
    }
  }
}
