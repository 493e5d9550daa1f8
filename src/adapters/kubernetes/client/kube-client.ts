import { startDeadline } from '../../../kit/deadline.ts';
import { type Clock, sleep } from '../../../ports/clock.ts';
import type { KubeAPI, KubeMethod, Query, RequestOptions, WatchEvent } from './kube-api.ts';
import { KubeError } from './kube-error.ts';
import type { AnswerStream } from './transport/answer-stream.ts';
import { noAnswer, refusal, type Sent } from './transport/classify-answer.ts';
import {
  type Incoming,
  KubeTransport,
  type Outgoing,
  type TransportParts,
} from './transport/kube-transport.ts';
import { ItemSplitter, LineSplitter } from './transport/splitters.ts';

const defaultDeadlineMs = 10_000;
/** From the opening of a watch to the server's consent. */
const openWithinMs = 15_000;

/** ApiClient over keep-alive connections; see there. */
export class KubeClient implements KubeAPI {
  readonly host: string;
  readonly #clock: Clock;
  readonly #transport: KubeTransport;
  readonly #closed = new AbortController();

  constructor(parts: TransportParts) {
    this.#clock = parts.clock;
    this.#transport = new KubeTransport(parts);
    this.host = this.#transport.host;
  }

  async request<T>(method: KubeMethod, path: string, options: RequestOptions = {}): Promise<T> {
    const clock = this.#clock;
    const signals = options.signal ? [options.signal, this.#closed.signal] : [this.#closed.signal];
    using deadline = startDeadline(clock, options.deadlineMs ?? defaultDeadlineMs, signals);
    const outgoing = outgoingOf(method, path, options, deadline.signal);
    for (;;) {
      try {
        return await this.#call<T>(outgoing, options.onItem);
      } catch (error) {
        if (deadline.remainingMs() === 0) this.#transport.expired();
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
    await this.#transport.close();
  }

  async #openWatch(watch: Sent & { query: Query; either: AbortSignal }): Promise<AnswerStream> {
    const opening = new AbortController();
    const late = () => opening.abort(new Error(`the watch was not opened within ${openWithinMs / 1_000} s`));
    const cancel = this.#clock.schedule(openWithinMs, late);
    const signal = AbortSignal.any([watch.either, opening.signal]);
    try {
      const query = { ...watch.query, watch: true };
      const incoming = await this.#transport.send({ ...watch, query, purpose: 'watch', signal });
      if (incoming.head.status !== 200) throw await this.#refusal(watch, incoming);
      return incoming.stream;
    } finally {
      cancel();
    }
  }

  async #call<T>(outgoing: Outgoing, onItem: RequestOptions['onItem']): Promise<T> {
    try {
      const incoming = await this.#transport.send(outgoing);
      const { status } = incoming.head;
      if (status < 200 || status > 299) throw await this.#refusal(outgoing, incoming);
      return (await (onItem ? itemsOf(incoming, onItem) : jsonOf(incoming))) as T;
    } catch (error) {
      throw error instanceof KubeError ? error : noAnswer(outgoing, error);
    }
  }

  async #refusal(sent: Sent, { head, stream }: Incoming): Promise<KubeError> {
    const text = (await bytesOf(stream)).toString('utf8');
    return refusal(sent, head, text, this.#clock.now());
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
