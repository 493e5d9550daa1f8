import { type Clock, sleep } from '../../../ports/clock.ts';
import { type AnswerHead, AnswerStream } from './answer-stream.ts';
import type { ApiClient, ApiObserver, KubeMethod, Query, RequestOptions, WatchEvent } from './api-client.ts';
import { noAnswer, refusal, type Sent } from './classify-answer.ts';
import type { Connections, Purpose } from './connections.ts';
import type { Credential, Credentials } from './credentials.ts';
import { startDeadline } from './deadline.ts';
import { ItemSplitter } from './item-splitter.ts';
import { KubeError } from './kube-error.ts';
import { LineSplitter } from './line-splitter.ts';
import { unlessAborted } from './unless-aborted.ts';

const defaultDeadlineMs = 10_000;
/** From the opening of a watch to the server's consent. */
const openWithinMs = 15_000;

export interface KubeClientParts {
  /** Scheme, host and port, with a path before `/api` if there is one. */
  readonly server: string;
  readonly credentials: Credentials;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly observer: ApiObserver | undefined;
}

interface Outgoing extends Sent {
  readonly query: Query;
  readonly body?: string;
  readonly contentType?: string;
  readonly purpose: Purpose;
  readonly signal: AbortSignal;
}

interface Incoming {
  readonly head: AnswerHead;
  readonly stream: AnswerStream;
}

/** ApiClient over keep-alive connections; see there. */
export class KubeClient implements ApiClient {
  readonly host: string;
  readonly #parts: KubeClientParts;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #closed = new AbortController();

  constructor(parts: KubeClientParts) {
    const { origin, host, pathname } = new URL(parts.server);
    this.#parts = parts;
    this.host = host;
    this.#origin = origin;
    this.#prefix = pathname.replace(/\/+$/, '');
  }

  async request<T>(method: KubeMethod, path: string, options: RequestOptions = {}): Promise<T> {
    const { clock } = this.#parts;
    const signals = options.signal ? [options.signal, this.#closed.signal] : [this.#closed.signal];
    using deadline = startDeadline(clock, options.deadlineMs ?? defaultDeadlineMs, signals);
    const outgoing = outgoingOf(method, path, options, deadline.signal);
    for (;;) {
      try {
        return await this.#call<T>(outgoing, options.onItem);
      } catch (error) {
        const waitMs = waitFor(error);
        if (method !== 'GET' || waitMs === undefined || waitMs > deadline.remainingMs()) throw error;
        await sleep(clock, waitMs, deadline.signal).catch((cause) =>
          Promise.reject(noAnswer(outgoing, cause)),
        );
      }
    }
  }

  async *watch(
    path: string,
    query: Query,
    signal: AbortSignal,
    onOpen: () => void = () => undefined,
  ): AsyncGenerator<WatchEvent> {
    const either = AbortSignal.any([signal, this.#closed.signal]);
    try {
      const stream = await this.#openWatch({ method: 'GET', path, query, either });
      onOpen();
      const lines = new LineSplitter();
      for await (const chunk of stream.body())
        for (const line of lines.push(chunk)) yield JSON.parse(line) as WatchEvent;
      if (!lines.clean) throw new Error('the watch ended within an event');
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof KubeError ? error : noAnswer({ method: 'GET', path }, error);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the client was closed'));
    await this.#parts.connections.close();
  }

  async #openWatch(watch: Sent & { query: Query; either: AbortSignal }): Promise<AnswerStream> {
    const opening = new AbortController();
    const late = () => opening.abort(new Error(`the watch was not opened within ${openWithinMs / 1_000} s`));
    const cancel = this.#parts.clock.schedule(openWithinMs, late);
    const signal = AbortSignal.any([watch.either, opening.signal]);
    try {
      const query = { ...watch.query, watch: true };
      const incoming = await this.#send({ ...watch, query, purpose: 'watch', signal });
      if (incoming.head.status !== 200) throw await this.#refusal(watch, incoming);
      return incoming.stream;
    } finally {
      cancel();
    }
  }

  async #call<T>(outgoing: Outgoing, onItem: RequestOptions['onItem']): Promise<T> {
    try {
      const incoming = await this.#send(outgoing);
      const { status } = incoming.head;
      if (status < 200 || status > 299) throw await this.#refusal(outgoing, incoming);
      return (await (onItem ? itemsOf(incoming, onItem) : jsonOf(incoming))) as T;
    } catch (error) {
      throw error instanceof KubeError ? error : noAnswer(outgoing, error);
    }
  }

  /** Sends it, and once more with fresh credentials when they are refused. */
  async #send(outgoing: Outgoing): Promise<Incoming> {
    const { credentials } = this.#parts;
    const credential = await unlessAborted(credentials.current(), outgoing.signal);
    const incoming = await this.#sendOnce(outgoing, credential);
    if (incoming.head.status !== 401) return incoming;
    const renewed = await unlessAborted(credentials.renewed(credential), outgoing.signal);
    if (renewed === credential) return incoming;
    incoming.stream.discard();
    return this.#sendOnce(outgoing, renewed);
  }

  async #sendOnce(outgoing: Outgoing, credential: Credential): Promise<Incoming> {
    const { method, path, query, body, purpose, signal } = outgoing;
    const { connections, observer } = this.#parts;
    const stream = new AnswerStream(signal);
    connections.of(credential.tls, purpose).dispatch(
      {
        origin: this.#origin,
        method,
        path: this.#prefix + path + queryText(query),
        headers: this.#headers(outgoing, credential),
        body: body ?? null,
        // Deadlines are the signal's.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      stream,
    );
    try {
      const head = await stream.head;
      observer?.request(method, String(head.status), this.host);
      return { head, stream };
    } catch (error) {
      observer?.request(method, '<error>', this.host);
      throw error;
    }
  }

  #headers({ body, contentType = 'application/json' }: Outgoing, { headers }: Credential) {
    return {
      accept: 'application/json',
      'user-agent': this.#parts.userAgent,
      ...headers,
      ...(body !== undefined && { 'content-type': contentType }),
    };
  }

  async #refusal(sent: Sent, { head, stream }: Incoming): Promise<KubeError> {
    const text = (await bytesOf(stream)).toString('utf8');
    return refusal(sent, head, text, this.#parts.clock.now());
  }
}

function outgoingOf(
  method: KubeMethod,
  path: string,
  { query = {}, body, contentType }: RequestOptions,
  signal: AbortSignal,
): Outgoing {
  return {
    method,
    path,
    query,
    signal,
    purpose: 'call',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(contentType !== undefined && { contentType }),
  };
}

function queryText(query: Query): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) text.set(name, String(value));
  return text.size === 0 ? '' : `?${text}`;
}

/** Milliseconds until a rate-limited call may be sent again; undefined when it is not. */
function waitFor(error: unknown): number | undefined {
  if (!(error instanceof KubeError) || error.failure.httpStatus !== 429) return undefined;
  return error.failure.retryAfterMs ?? 1_000;
}

async function bytesOf(stream: AnswerStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream.body()) chunks.push(chunk);
  const [first] = chunks;
  return chunks.length === 1 && first ? first : Buffer.concat(chunks);
}

async function jsonOf({ stream }: Incoming): Promise<unknown> {
  return JSON.parse((await bytesOf(stream)).toString('utf8'));
}

async function itemsOf({ stream }: Incoming, onItem: (item: unknown) => void): Promise<unknown> {
  const items = new ItemSplitter(onItem);
  for await (const chunk of stream.body()) items.push(chunk);
  return items.end();
}
