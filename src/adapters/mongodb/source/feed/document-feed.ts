import { Latch } from '../../../../kit/latch.ts';
import type { Problem } from '../../../../model/problem.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import { asPortError } from '../../client/mongo-error.ts';
import { changeOf, type StreamEvent } from './change-event.ts';
import { hasNoStreams, type OpenedStream, openStream } from './change-stream.ts';
import { DocumentIngest, type DocumentIngestDeps } from './document-ingest.ts';

/** Everything is read again so often beside a change stream, and streams are tried again where there were none; ms. */
const insuranceMs = 300_000;
const pollMs = 1_000;
/** A pass takes at most a twentieth of the time. */
const pauseFactor = 20;
const retryMs = 500;

/**
 * Follows one collection of documents: by a change stream, opened before everything is listed, or where there is none
 * by listing everything again and again.
 */
export class DocumentFeed {
  readonly #parts: DocumentIngestDeps;
  readonly #taker: DocumentIngest;
  readonly #latch: Latch;
  readonly #started = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #ended = false;
  #failure: string | undefined;
  #resumePoint: unknown;
  #isUpset = false;
  #toldPolling = false;
  #lastPassMs = Number.POSITIVE_INFINITY;

  constructor(parts: DocumentIngestDeps) {
    this.#parts = parts;
    this.#taker = new DocumentIngest(parts);
    this.#latch = new Latch(parts.clock);
  }

  /** Resolves when everything that is declared was read once. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#started.promise;
  }

  /** Nothing is told or written after it resolves. */
  async stop(): Promise<void> {
    this.#ended = true;
    this.#latch.wake();
    this.#taker.stop();
    await this.#running;
    await this.#taker.idle();
    this.#started.resolve();
  }

  /** Why the documents cannot be read; undefined when they can. */
  failure(): string | undefined {
    return this.#failure;
  }

  /** Of documents that belong to no key. */
  problems(): readonly Problem[] {
    return this.#taker.problems();
  }

  /** Reads the document of the key, whether or not anybody tells of it. */
  look(key: ResourceKey): void {
    this.#taker.forget(key);
    this.#taker.look(key);
  }

  /** Reads everything now: the connection was gone, and a stream that did not notice is of no use. */
  restart(): void {
    this.#latch.wake();
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#ended) {
      try {
        const stream = await this.#open();
        const begun = clock.monotonic();
        await (stream ? this.#follow(stream) : this.#poll());
        // Some servers take the question and end the stream at once.
        if (clock.monotonic() - begun < retryMs) await this.#latch.wait(retryMs);
      } catch (error) {
        if (this.#ended) return;
        this.#tell(asPortError(error, `following ${this.#parts.collection.collectionName}`).message);
        await this.#latch.wait(retryMs);
      }
    }
  }

  /** Undefined where there are no change streams. A resume point that the server does not take is history lost. */
  async #open(): Promise<OpenedStream | undefined> {
    const { collection, clock, log } = this.#parts;
    const from = this.#resumePoint;
    try {
      return await openStream(collection, clock, from);
    } catch (error) {
      if (!hasNoStreams(error)) throw error;
      const { message: reason } = asPortError(error, 'opening a change stream');
      this.#resumePoint = undefined;
      if (from !== undefined) {
        log.warn({ reason }, 'what happened meanwhile is lost: everything is read again');
        return this.#open();
      }
      if (!this.#toldPolling)
        log.info({ reason }, 'no change streams here: all documents are read again and again');
      this.#toldPolling = true;
      return undefined;
    }
  }

  /** Until the stream ends; throws what it ended with. Everything is read once at its beginning, and then regularly. */
  async #follow(stream: OpenedStream): Promise<void> {
    let failure: unknown;
    let isOver = false;
    const consumed = this.#consume(stream).catch((error: unknown) => {
      failure = error;
    });
    // That of a stream that was left is no news to the next one.
    void consumed.then(() => isOver || this.#latch.wake());
    try {
      do await this.#pass(false);
      while (!(await this.#latch.wait(insuranceMs)) && !this.#ended);
    } finally {
      isOver = true;
      this.#resumePoint = this.#isUpset ? undefined : stream.resumePoint();
      this.#isUpset = false;
      void stream.close();
    }
    if (failure !== undefined) throw failure;
  }

  async #consume(stream: OpenedStream): Promise<void> {
    for await (const event of stream.events()) {
      if (this.#ended || !this.#take(event)) return;
    }
  }

  /** False when another stream has to follow this one. */
  #take(event: StreamEvent): boolean {
    const change = changeOf(event);
    if (change.kind === 'document') this.#taker.changed(change.key, change.document);
    else if (change.kind === 'status') this.#taker.statusSeen(change.key, change.mark);
    else if (change.kind === 'foreign') this.#taker.foreignSeen(change.document, change.isGone);
    else if (change.kind === 'upheaval') this.#upset(change.reason);
    return change.kind !== 'upheaval' && change.kind !== 'unknown';
  }

  /** What follows is about another collection: no stream resumes across it. */
  #upset(reason: string): void {
    this.#taker.upset(reason);
    this.#isUpset = true;
  }

  async #poll(): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.monotonic() + insuranceMs;
    while (!this.#ended && clock.monotonic() < until) {
      const begun = clock.monotonic();
      await this.#pass(true);
      const tookMs = clock.monotonic() - begun;
      // One that waited for a server that was away says nothing of how long they take.
      await this.#latch.wait(Math.max(pollMs, pauseFactor * Math.min(tookMs, this.#lastPassMs)));
      this.#lastPassMs = tookMs;
    }
  }

  async #pass(isAlone: boolean): Promise<void> {
    await this.#taker.pass(isAlone);
    if (this.#ended) return;
    this.#tell(undefined);
    this.#started.resolve();
  }

  #tell(failure: string | undefined): void {
    if (this.#failure === failure) return;
    const wasWell = this.#failure === undefined;
    this.#failure = failure;
    const { log, collection, onHealth } = this.#parts;
    const fields = { collection: collection.collectionName };
    if (failure === undefined) log.info(fields, 'documents can be read again');
    else if (wasWell) log.warn({ ...fields, reason: failure }, 'documents cannot be read: tried again');
    onHealth();
  }
}
