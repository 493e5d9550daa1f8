import type { BotRecord } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import type { BotStatus } from '../../../../model/spec/bot-status.ts';
import { compareVersions, keyOf, type ObjectMeta } from '../../client/kube-object.ts';
import type { BotObject } from '../objects.ts';
import { isHeld } from './finalizer.ts';
import { botRecord } from './object-records.ts';
import { hasOwnStatus, isTouched, ownStatus } from './own-status.ts';

/** Why a deletion is not the bot's own; undefined when it is. */
type Verdict = { readonly wholesale: string | undefined };

interface Entry {
  object: BotObject;
  /** The finalizer on it was added by this process. */
  heldByUs: boolean;
  /** Something may have been attempted for this uid before. */
  touched: boolean;
  /** Its status subresource has had something to say. */
  hadStatus: boolean;
  /** What its annotation said before that. It stands, whoever takes the annotation away, until there is a status. */
  first: BotStatus | undefined;
  verdict: Verdict | undefined;
  /** Under way while the deletion is being judged; the record shown is still the one before. */
  judging: Promise<void> | undefined;
}

export interface BotCacheOptions {
  /** Judges the deletion of an object that is marked for it. */
  readonly judge: (metadata: ObjectMeta) => Promise<string | undefined>;
  /** The status that an object without one has in its annotation. */
  readonly firstStatus: (object: BotObject) => BotStatus | undefined;
  readonly tell: (key: ResourceKey) => void;
}

/**
 * The Bots as records. An object that is being deleted and does not carry our finalizer is none of ours: nothing was
 * ever done for it, or somebody let it go by hand.
 */
export class BotCache {
  readonly records = new Map<ResourceKey, BotRecord>();
  readonly #entries = new Map<ResourceKey, Entry>();
  readonly #options: BotCacheOptions;

  constructor(options: BotCacheOptions) {
    this.#options = options;
  }

  /** What a Reflector tells, which tells nothing older than before; the echo of an own write is known already. */
  seen(object: BotObject): void {
    const key = keyOf(object);
    const known = this.#same(key, object)?.object.metadata.resourceVersion;
    if (known !== object.metadata.resourceVersion && this.#take(key, object)) this.#options.tell(key);
  }

  gone(key: ResourceKey): void {
    this.#entries.delete(key);
    if (this.records.delete(key)) this.#options.tell(key);
  }

  /** It was let go, and is gone. */
  released({ key, uid }: BotRecord): void {
    if (this.#entries.get(key)?.object.metadata.uid === uid) this.gone(key);
  }

  /** What the API server answered to a write of ours; resolves once its deletion is judged, if there is one. */
  async written(object: BotObject): Promise<void> {
    const key = keyOf(object);
    const known = this.#same(key, object)?.object.metadata.resourceVersion ?? '';
    const isNew = compareVersions(object.metadata.resourceVersion, known) > 0;
    // Whoever wrote knows what is stored; that nothing of it is shown any more is news to all.
    if (isNew && this.#take(key, object) && !this.records.has(key)) this.#options.tell(key);
    await this.#entries.get(key)?.judging;
  }

  /** The newest object under the record's key, when it is of the same uid. */
  objectOf({ key, uid }: BotRecord): BotObject | undefined {
    const object = this.#entries.get(key)?.object;
    return object?.metadata.uid === uid ? object : undefined;
  }

  /** Whether it is this process that adds the finalizer: then its being there proves nothing. Told before it is sent. */
  heldByUs({ key, uid }: BotRecord, isOurs: boolean): void {
    const entry = this.#entries.get(key);
    if (entry?.object.metadata.uid !== uid) return;
    entry.heldByUs = isOurs;
    if (!isOurs && !entry.touched && isTouched(entry.object, false)) this.#take(key, entry.object);
  }

  /** Resolves when no deletion is left to judge. */
  async judged(): Promise<void> {
    for (const { judging } of this.#entries.values()) await judging;
  }

  /** The entry that is about this very object. */
  #same(key: ResourceKey, object: BotObject): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry?.object.metadata.uid === object.metadata.uid ? entry : undefined;
  }

  /** True when what is shown has changed. */
  #take(key: ResourceKey, object: BotObject): boolean {
    const entry = this.#same(key, object) ?? newEntry(object);
    this.#entries.set(key, entry);
    entry.object = object;
    this.#takeStatus(entry);
    entry.touched ||= entry.first !== undefined || isTouched(object, entry.heldByUs);
    if (isOpenDeletion(entry)) {
      entry.judging ??= this.#judge(key, entry);
      return false;
    }
    return this.#show(key, entry);
  }

  /** A first status is history once there was another one, even if that is wiped. */
  #takeStatus(entry: Entry): void {
    entry.hadStatus ||= hasOwnStatus(entry.object);
    if (entry.hadStatus) entry.first = undefined;
    else entry.first ??= this.#options.firstStatus(entry.object);
  }

  #show(key: ResourceKey, { object, touched, first, verdict }: Entry): boolean {
    const { metadata } = object;
    if (metadata.deletionTimestamp !== undefined && !isHeld(metadata)) return this.records.delete(key);
    const before = this.records.get(key);
    const lastGood = before?.uid === metadata.uid ? before.spec : undefined;
    const status = first ?? ownStatus(object);
    this.records.set(key, botRecord(object, { lastGood, status, touched, wholesale: verdict?.wholesale }));
    return true;
  }

  async #judge(key: ResourceKey, entry: Entry): Promise<void> {
    const wholesale = await this.#options.judge(entry.object.metadata);
    entry.verdict = { wholesale };
    entry.judging = undefined;
    if (this.#entries.get(key) === entry && this.#show(key, entry)) this.#options.tell(key);
  }
}

function newEntry(object: BotObject): Entry {
  const unknown = { first: undefined, verdict: undefined, judging: undefined };
  return { object, heldByUs: false, touched: false, hadStatus: false, ...unknown };
}

function isOpenDeletion({ object: { metadata }, verdict }: Entry): boolean {
  return metadata.deletionTimestamp !== undefined && isHeld(metadata) && verdict === undefined;
}
