import type { Dispatcher } from 'undici';
import { startDeadline } from '../../../../kit/deadline.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Credential, Credentials } from '../auth/credentials.ts';
import type { APIObserver, KubeMethod, Query } from '../kube-api.ts';
import { type AnswerHead, AnswerStream } from './answer-stream.ts';
import type { Connections, Purpose } from './connections.ts';
import { LinkGuard, Stranded, type UnderWay } from './link-guard.ts';

export interface TransportParts {
  /** Scheme, host and port, with a path before `/api` if there is one. */
  readonly server: string;
  readonly credentials: Credentials;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly observer: APIObserver | undefined;
}

export interface Outgoing {
  readonly method: KubeMethod;
  /** From `/api` or `/apis` on. */
  readonly path: string;
  readonly query: Query;
  readonly body?: string;
  /** Default: `application/json`. */
  readonly contentType?: string;
  readonly purpose: Purpose;
  readonly signal: AbortSignal;
}

export interface Incoming {
  readonly head: AnswerHead;
  readonly stream: AnswerStream;
}

/** A new connection is given so long to answer. */
const probeDeadlineMs = 2_000;

/** Sends requests under credentials over connections that are known to live. Fails only with NoAnswer. */
export class KubeTransport {
  readonly host: string;
  readonly #parts: TransportParts;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #guard: LinkGuard;

  constructor(parts: TransportParts) {
    const { origin, host, pathname } = new URL(parts.server);
    this.#parts = parts;
    this.host = host;
    this.#origin = origin;
    this.#prefix = pathname.replace(/\/+$/, '');
    this.#guard = new LinkGuard({
      clock: parts.clock,
      probe: (signal) => this.#probe(signal),
      renew: () => parts.connections.renew(),
    });
  }

  /** Sends it, and once more with fresh credentials when they are refused. */
  async send(outgoing: Outgoing): Promise<Incoming> {
    const { credentials } = this.#parts;
    const credential = await unlessAborted(credentials.current(), outgoing.signal);
    const incoming = await this.#sendOnce(outgoing, credential);
    if (incoming.head.status !== 401) return incoming;
    const renewed = await unlessAborted(credentials.renewed(credential), outgoing.signal);
    if (renewed === credential) return incoming;
    incoming.stream.discard();
    return this.#sendOnce(outgoing, renewed);
  }

  /** A request had no answer in its time. */
  expired(): void {
    this.#guard.expired();
  }

  /** Breaks off whatever is under way. */
  async close(): Promise<void> {
    this.#guard.close();
    await this.#parts.connections.close();
  }

  async #sendOnce(outgoing: Outgoing, credential: Credential): Promise<Incoming> {
    const { method, purpose } = outgoing;
    const { connections, observer } = this.#parts;
    const stream = this.#guarded(outgoing);
    this.#dispatch(connections.of(credential.tls, purpose), outgoing, credential, stream);
    try {
      const head = await stream.head;
      observer?.request(method, String(head.status), this.host);
      return { head, stream };
    } catch (error) {
      observer?.request(method, '<error>', this.host);
      throw error;
    }
  }

  /** A stream for the answer that the guard watches over. */
  #guarded({ purpose, signal }: Outgoing): AnswerStream {
    const guard = this.#guard;
    const underWay: UnderWay = { purpose, abandon: (reason) => stream.abandon(reason) };
    const stream = new AnswerStream(signal, (failure) => {
      guard.ended(underWay);
      if (failure && !signal.aborted && !(failure.cause instanceof Stranded)) guard.failed();
    });
    guard.sent(underWay);
    stream.head.then(
      () => guard.answered(underWay),
      () => undefined,
    );
    return stream;
  }

  #dispatch(to: Dispatcher, outgoing: Outgoing, credential: Credential, stream: AnswerStream): void {
    const { method, path, query, body, contentType = 'application/json' } = outgoing;
    const options = {
      origin: this.#origin,
      method,
      path: this.#prefix + path + queryText(query),
      headers: {
        accept: 'application/json',
        'user-agent': this.#parts.userAgent,
        ...credential.headers,
        ...(body !== undefined && { 'content-type': contentType }),
      },
      body: body ?? null,
      // Deadlines are the signal's.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    to.dispatch(options, stream);
  }

  async #probe(stopped: AbortSignal): Promise<void> {
    const { clock, credentials, connections } = this.#parts;
    using deadline = startDeadline(clock, probeDeadlineMs, [stopped]);
    const { signal } = deadline;
    const credential = await unlessAborted(credentials.current(), signal);
    const connection = connections.single(credential.tls);
    try {
      const stream = new AnswerStream(signal, () => undefined);
      this.#dispatch(connection, { ...probe, signal }, credential, stream);
      await stream.head;
    } finally {
      void connection.destroy();
    }
  }
}

/** Whoever can be authenticated may ask for this, and it costs the server nothing. */
const probe = { method: 'GET', path: '/version', query: {}, purpose: 'call' } as const;

function queryText(query: Query): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) text.set(name, String(value));
  return text.size === 0 ? '' : `?${text}`;
}

/** What `promise` resolves to, or the signal's reason as soon as it aborts. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
