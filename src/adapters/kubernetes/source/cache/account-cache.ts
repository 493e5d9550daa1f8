import { isDeepStrictEqual } from 'node:util';
import type { AccountRecord } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import type { AccountSpec, AccountStatus } from '../../../../model/spec/account-spec.ts';
import { compareVersions, keyOf } from '../../client/kube-object.ts';
import type { AccountObject } from '../objects.ts';
import { accountRecord } from './object-records.ts';

export interface AccountCacheOptions {
  /** Whether a Bot that we hold belongs to the account. */
  readonly isNeeded: (key: ResourceKey) => boolean;
  readonly tell: (key: ResourceKey) => void;
}

/**
 * The Accounts as records. One with a token of its own that is deleted before its Bots are, as a namespace's deletion
 * does it, stays for these: without the token no droplet of theirs could be destroyed. It grants nothing any more.
 */
export class AccountCache {
  readonly records = new Map<ResourceKey, AccountRecord>();
  readonly #lingering = new Set<ResourceKey>();
  /** Own writes under way. */
  readonly #writing = new Map<ResourceKey, AccountStatus>();
  readonly #options: AccountCacheOptions;

  constructor(options: AccountCacheOptions) {
    this.#options = options;
  }

  /** What a Reflector tells, which tells nothing older than before; the echo of an own write is known already. */
  seen(object: AccountObject): void {
    const key = keyOf(object);
    const before = this.#same(key, object);
    if (before?.version === object.metadata.resourceVersion) return;
    this.#lingering.delete(key);
    const isEcho = before?.generation === this.#take(key, object).generation && this.#isBeingWritten(object);
    if (!isEcho) this.#options.tell(key);
  }

  gone(key: ResourceKey): void {
    const record = this.records.get(key);
    if (!record) return;
    if (record.spec?.tokenSecretRef && this.#options.isNeeded(key)) {
      this.#lingering.add(key);
      this.records.set(key, { ...record, spec: { ...record.spec, maxBots: 0 } });
    } else this.records.delete(key);
    this.#options.tell(key);
  }

  /** A Bot has changed or gone: an account that stayed for it may be needed no longer. */
  botChanged(): void {
    for (const key of this.#lingering) {
      if (this.#options.isNeeded(key)) continue;
      this.#lingering.delete(key);
      this.records.delete(key);
      this.#options.tell(key);
    }
  }

  /** Deleted, but still there for Bots. */
  lingers(key: ResourceKey): boolean {
    return this.#lingering.has(key);
  }

  /** Those that stayed. */
  lingering(): AccountRecord[] {
    return [...this.#lingering].flatMap((key) => this.records.get(key) ?? []);
  }

  /** Runs the write of this status: what the watch shows of it before the answer comes is no news to anyone. */
  async whileWriting<T>(key: ResourceKey, status: AccountStatus, write: () => Promise<T>): Promise<T> {
    this.#writing.set(key, status);
    try {
      return await write();
    } finally {
      this.#writing.delete(key);
    }
  }

  /** What the API server answered to a write of ours. */
  written(object: AccountObject): AccountRecord {
    const key = keyOf(object);
    const known = this.#same(key, object);
    return known && compareVersions(object.metadata.resourceVersion, known.version) <= 0
      ? known
      : this.#take(key, object);
  }

  #isBeingWritten(object: AccountObject): boolean {
    const status = this.#writing.get(keyOf(object));
    return status !== undefined && isDeepStrictEqual(object.status, status);
  }

  #same(key: ResourceKey, object: AccountObject): AccountRecord | undefined {
    const record = this.records.get(key);
    return record?.uid === object.metadata.uid ? record : undefined;
  }

  #take(key: ResourceKey, object: AccountObject): AccountRecord {
    const lastGood: AccountSpec | undefined = this.#same(key, object)?.spec;
    const record = accountRecord(object, lastGood);
    this.records.set(key, record);
    return record;
  }
}
