import { isDeepStrictEqual } from 'node:util';
import { problemText } from '../../model/problem.ts';
import type { AccountRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { botLimit } from '../../model/spec/account-spec.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { EngineParts } from '../parts.ts';
import { Ticker } from '../queue/ticker.ts';
import type { QuotaTracker } from './quota-tracker.ts';

interface Deps extends Pick<EngineParts, 'source' | 'clock' | 'log' | 'leadership'> {
  readonly quota: QuotaTracker;
  /** Queues these bots. */
  readonly call: (keys: readonly ResourceKey[]) => void;
}

/** Changes of an account's use within this time share one status write. */
const gatherMs = 1_000;

/**
 * Reports each account's use in its status, and an invalid declaration in the log and in its history. Queues the
 * bots that wait for a place when one may have become free.
 */
export class AccountReporter {
  readonly #deps: Deps;
  readonly #moved = new Set<ResourceKey>();
  readonly #writer: Ticker;
  /** What was reported as wrong with each account, until it is over. */
  readonly #reported = new Map<ResourceKey, string>();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#writer = new Ticker(deps.clock, () => this.#report());
  }

  /** A place of the account was taken or became free. */
  moved(account: ResourceKey): void {
    this.#moved.add(account);
    this.#writer.at(gatherMs);
  }

  /** The account itself was changed, which concerns all its bots. */
  changed(account: ResourceKey): void {
    const { quota, call } = this.#deps;
    this.#reportTrouble(account);
    quota.limitChanged(account);
    call(quota.bots(account));
    this.moved(account);
  }

  stop(): void {
    this.#writer.stop();
  }

  /** Reports what is wrong when it begins or changes, and when it is over. */
  #reportTrouble(key: ResourceKey): void {
    const { source, log, leadership } = this.#deps;
    const account = source.account(key);
    const message = account && accountTrouble(account);
    if (message === this.#reported.get(key)) return;
    if (!account || message === undefined) {
      this.#reported.delete(key);
      if (account) log.info({ account: key }, `Account ${key}: its declaration is valid again`);
      return;
    }
    if (leadership.msLeft() <= 0) return;
    this.#reported.set(key, message);
    const reason = 'InvalidSpec';
    log.warn({ account: key, reason }, message);
    source.recordEvent({ kind: 'Account', key, uid: account.uid, type: 'Warning', reason, message });
  }

  async #report(): Promise<void> {
    const accounts = [...this.#moved];
    this.#moved.clear();
    for (const account of accounts) this.#deps.call(this.#nextWaiting(account));
    await Promise.all(accounts.map((account) => this.#write(account)));
  }

  /** Bots of the account that wait for a place and are granted one now. */
  #nextWaiting(account: ResourceKey): ResourceKey[] {
    const { source, quota } = this.#deps;
    const record = source.account(account);
    return quota.waiting(account).filter((key) => quota.grant(key, record).granted);
  }

  async #write(account: ResourceKey): Promise<void> {
    const { source, quota, log, leadership } = this.#deps;
    const record = source.account(account);
    if (!record?.spec || leadership.msLeft() <= 0) return;
    const limit = botLimit(record.spec);
    const status = { ...quota.use(account, limit), limit, observedGeneration: record.generation };
    if (isDeepStrictEqual(record.status, status)) return;
    try {
      await source.writeAccountStatus(record, status);
    } catch (error) {
      if (!faultOf(error, 'conflict'))
        log.warn({ account, err: error }, 'the account’s status could not be stored; trying again');
      this.moved(account);
    }
  }
}

/** What is wrong with the account's declaration and what that means for its bots; undefined if it is valid. */
export function accountTrouble({ key, problems, spec }: AccountRecord): string | undefined {
  if (spec && problems.length === 0) return undefined;
  const found = problems.map((problem) => problemText({ ...problem, object: `Account ${key}` })).join('; ');
  const what = found || 'It has no valid declaration';
  return spec
    ? `${what}. Its last valid declaration stays in force until this is corrected`
    : `${what}. Its bots get no place until this is corrected`;
}
