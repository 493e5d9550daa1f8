import type { AccountSpec } from '../../../model/account-spec.ts';
import type { AccountRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import { compareVersions, keyOf } from '../client/kube-object.ts';
import { accountRecord } from './account-record.ts';
import type { AccountObject } from './objects.ts';

/** The Accounts as records. */
export class AccountBook {
  readonly records = new Map<ResourceKey, AccountRecord>();
  readonly #tell: (key: ResourceKey) => void;

  constructor(tell: (key: ResourceKey) => void) {
    this.#tell = tell;
  }

  /** What a Reflector tells, which tells nothing older than before; the echo of an own write is known already. */
  seen(object: AccountObject): void {
    const key = keyOf(object);
    if (this.#same(key, object)?.version === object.metadata.resourceVersion) return;
    this.#take(key, object);
    this.#tell(key);
  }

  gone(key: ResourceKey): void {
    if (this.records.delete(key)) this.#tell(key);
  }

  /** What the API server answered to a write of ours. */
  written(object: AccountObject): AccountRecord {
    const key = keyOf(object);
    const known = this.#same(key, object);
    return known && compareVersions(object.metadata.resourceVersion, known.version) <= 0
      ? known
      : this.#take(key, object);
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
