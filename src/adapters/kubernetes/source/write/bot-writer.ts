import { isDeepStrictEqual } from 'node:util';
import type { BotRecord } from '../../../../model/records.ts';
import type { BotStatus } from '../../../../model/spec/bot-status.ts';
import { faultOf, PortError } from '../../../../ports/port-error.ts';
import { mergePatch, replace } from '../../client/apply.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import { resourcePath } from '../../client/resource-path.ts';
import type { BotCache } from '../cache/bot-cache.ts';
import type { Feed } from '../cache/feed.ts';
import { finalizerPatch, isHeld, releasePatch } from '../cache/finalizer.ts';
import { carriesFirst, type FirstStatuses, firstStatusAnnotation } from '../cache/first-status.ts';
import { type BotObject, botType } from '../objects.ts';
import { settledWrite, statusUpdate } from './write-status.ts';

/** Other people's edits may come between reading and releasing so often. */
const mostTries = 5;

export interface BotWriterParts {
  readonly client: KubeAPI;
  readonly book: BotCache;
  readonly feed: Pick<Feed<BotObject>, 'overlay' | 'bury'>;
  readonly firstStatuses: Pick<FirstStatuses, 'sealed'>;
}

/** Writes Bots: the finalizer, the annotation that may come with it and the status, nothing else. */
export class BotWriter {
  readonly #parts: BotWriterParts;

  constructor(parts: BotWriterParts) {
    this.#parts = parts;
  }

  async hold(record: BotRecord): Promise<BotRecord> {
    const object = this.#parts.book.objectOf(record);
    if (!object) throw gone(record);
    if (isHeld(object.metadata)) return this.#recordOf(record);
    return this.#taken(record, await this.#hold(record, object, undefined));
  }

  /** An annotation carries the status of a Bot that has none; where it does not arrive, the status follows. */
  async holdWith(record: BotRecord, status: BotStatus): Promise<BotRecord> {
    const { book, firstStatuses } = this.#parts;
    const object = book.objectOf(record);
    if (!object) throw gone(record);
    requireVersion(object, record);
    if (isHeld(object.metadata)) return this.writeStatus(record, status);
    const first = record.pristine ? firstStatuses.sealed(record.uid, status) : undefined;
    const stored = await this.#holdFirst(record, object, first);
    if (first !== undefined && carriesFirst(stored, first)) return this.#taken(record, stored);
    await this.#takenObject(stored);
    return this.writeStatus({ ...record, version: stored.metadata.resourceVersion }, status);
  }

  /** A policy may forbid annotations that it does not know: the finalizer alone must do then. */
  async #holdFirst(record: BotRecord, object: BotObject, first: string | undefined): Promise<BotObject> {
    try {
      return await this.#hold(record, object, first);
    } catch (error) {
      if (first === undefined || !faultOf(error, 'refused')) throw error;
      return this.#hold(record, object, undefined);
    }
  }

  #hold(record: BotRecord, { metadata }: BotObject, first: string | undefined): Promise<BotObject> {
    const annotations = first === undefined ? undefined : { [firstStatusAnnotation]: first };
    return settledWrite(
      this.#parts.client,
      pathOf(record),
      () => this.#sendHold(record, finalizerPatch(metadata, annotations)),
      (present) => isHeld(present.metadata) && (first === undefined || carriesFirst(present, first)),
    );
  }

  /** The watch may show the finalizer before the answer comes. Without a clear answer it may be somebody else's. */
  async #sendHold(record: BotRecord, patch: object): Promise<BotObject> {
    const { client, book } = this.#parts;
    book.heldByUs(record, true);
    try {
      return await mergePatch<BotObject>(client, pathOf(record), patch);
    } catch (error) {
      book.heldByUs(record, false);
      throw error;
    }
  }

  async writeStatus(record: BotRecord, status: BotStatus): Promise<BotRecord> {
    const { client } = this.#parts;
    const update = statusUpdate('Bot', record, status);
    const send = () => replace<BotObject>(client, pathOf(record, 'status'), update);
    const stored = await settledWrite(client, pathOf(record), send, (present) =>
      isDeepStrictEqual(present.status, status),
    );
    return this.#taken(record, stored);
  }

  /** Removes the finalizer, whatever else about the Bot was changed meanwhile. */
  async release(record: BotRecord): Promise<void> {
    let object = this.#parts.book.objectOf(record);
    for (let tries = 1; object && isHeld(object.metadata); tries += 1) {
      object = await this.#tryRelease(record, object, tries);
    }
    if (!object) this.#parts.book.released(record);
  }

  /** The object after the try; undefined when it is gone. */
  async #tryRelease(record: BotRecord, object: BotObject, tries: number): Promise<BotObject | undefined> {
    const { client, feed } = this.#parts;
    try {
      const after = await mergePatch<BotObject>(client, pathOf(record), releasePatch(object.metadata));
      const { deletionTimestamp, finalizers = [] } = after.metadata;
      if (deletionTimestamp === undefined || finalizers.length > 0) return await this.#takenObject(after);
      feed.bury(after);
      return undefined;
    } catch (error) {
      if (faultOf(error, 'absent')) return undefined;
      if (!faultOf(error, 'conflict', 'doubtful') || tries >= mostTries) throw error;
      return this.#read(record);
    }
  }

  /** The Bot as it is now; undefined when it is gone, or another one has its name. */
  async #read(record: BotRecord): Promise<BotObject | undefined> {
    try {
      const present = await this.#parts.client.request<BotObject>('GET', pathOf(record));
      return present.metadata.uid === record.uid ? await this.#takenObject(present) : undefined;
    } catch (error) {
      if (faultOf(error, 'absent')) return undefined;
      throw error;
    }
  }

  async #taken(record: BotRecord, object: BotObject): Promise<BotRecord> {
    await this.#takenObject(object);
    return this.#recordOf(record);
  }

  async #takenObject(object: BotObject): Promise<BotObject> {
    const kept = this.#parts.feed.overlay(object);
    await this.#parts.book.written(kept);
    return kept;
  }

  #recordOf(record: BotRecord): BotRecord {
    const present = this.#parts.book.records.get(record.key);
    if (present?.uid === record.uid) return present;
    throw gone(record);
  }
}

function pathOf({ namespace, name }: BotRecord, subresource?: string): string {
  return resourcePath(botType, { namespace, name, subresource });
}

function requireVersion({ metadata }: BotObject, { key, version }: BotRecord): void {
  if (metadata.resourceVersion === version) return;
  throw new PortError({ kind: 'conflict' }, `Bot ${key} is no longer at version ${version}`);
}

function gone({ key, uid }: BotRecord): PortError {
  return new PortError({ kind: 'absent' }, `Bot ${key} (uid ${uid}) is gone`);
}
