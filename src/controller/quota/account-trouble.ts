import { problemText } from '../../model/problem.ts';
import type { AccountRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Leadership } from '../../ports/leadership.ts';
import type { Log } from '../../ports/log.ts';
import type { Source } from '../../ports/source.ts';

interface Parts {
  readonly source: Source;
  readonly log: Log;
  readonly leadership: Leadership;
}

/** Tells of accounts whose declaration is wrong, in the log and in their history: once when it begins or turns out otherwise. */
export class AccountTrouble {
  readonly #parts: Parts;
  readonly #told = new Map<ResourceKey, string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  look(key: ResourceKey): void {
    const { source, log } = this.#parts;
    const account = source.account(key);
    const message = account && accountTrouble(account);
    if (message === this.#told.get(key)) return;
    if (account && message !== undefined) {
      this.#tell(account, message);
    } else {
      this.#told.delete(key);
      if (account) log.info({ account: key }, `Account ${key}: its declaration is valid again`);
    }
  }

  #tell(account: AccountRecord, message: string): void {
    const { source, log, leadership } = this.#parts;
    const { key, uid } = account;
    if (leadership.msLeft() <= 0) return;
    this.#told.set(key, message);
    log.warn({ account: key, reason: 'InvalidSpec' }, message);
    source.recordEvent({ kind: 'Account', key, uid, type: 'Warning', reason: 'InvalidSpec', message });
  }
}

/** What is wrong with the account's declaration and what that means for its bots; undefined when it is valid. */
export function accountTrouble({ key, problems, spec }: AccountRecord): string | undefined {
  if (spec && problems.length === 0) return undefined;
  const found = problems.map((problem) => problemText({ ...problem, object: `Account ${key}` })).join('; ');
  const what = found || 'It has no valid declaration';
  return spec
    ? `${what}. Its last valid declaration stays in force until it is mended`
    : `${what}. Its bots get no place until it is mended`;
}
