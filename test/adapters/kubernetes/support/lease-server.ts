import type {
  KubeAPI,
  Query,
  RequestOptions,
  WatchEvent,
} from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import { KubeError, type KubeFailure } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import type {
  LeaseObject,
  LeaseSpec,
} from '../../../../src/adapters/kubernetes/client/lease/kube-lease-store.ts';
import { type Clock, sleep } from '../../../../src/ports/clock.ts';
import type { Fault } from '../../../../src/ports/port-error.ts';

/** One Lease in memory with compare-and-swap, for elections on a clock that is moved by hand. */
export class LeaseServer {
  lease: LeaseObject | undefined;
  /** Method and holder of each write that came through. */
  readonly writes: string[] = [];
  /** Called for each write. */
  readonly watchers = new Set<() => void>();
  readonly #clock: Clock;
  #version = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A candidate's way to it. */
  link(): LeaseLink {
    return new LeaseLink(this, this.#clock);
  }

  answer<T>(method: string, body: Pick<LeaseObject, 'metadata' | 'spec'> | undefined): T {
    if (method === 'GET') {
      if (!this.lease) throw failed({ kind: 'absent' }, 404);
      return this.lease as unknown as T;
    }
    const isThere = this.lease !== undefined;
    if (method === 'POST' && isThere) throw failed({ kind: 'conflict' }, 409);
    if (method === 'PUT' && !isThere) throw failed({ kind: 'absent' }, 404);
    if (method === 'PUT' && body?.metadata.resourceVersion !== this.lease?.metadata.resourceVersion)
      throw failed({ kind: 'conflict' }, 409);
    return this.store(body?.spec ?? {}, method) as unknown as T;
  }

  /** Somebody edits it. */
  store(spec: LeaseSpec, method = 'EDIT'): LeaseObject {
    this.#version += 1;
    const metadata = {
      namespace: 'ns',
      name: 'lease',
      uid: 'uid',
      resourceVersion: String(this.#version),
      creationTimestamp: '',
    };
    this.lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    this.writes.push(`${method} ${spec.holderIdentity}`);
    for (const tell of this.watchers) tell();
    return this.lease;
  }
}

/** What happens to calls on a link: they pass, nobody answers, they are stored and the answer is lost, or it comes 3 s late. */
export type LinkState = 'up' | 'down' | 'silent' | 'deaf' | 'slow';

export class LeaseLink {
  state: LinkState = 'up';
  /** Whether the lease may be watched. */
  isWatchable = true;
  calls = 0;
  readonly client: KubeAPI;

  constructor(server: LeaseServer, clock: Clock) {
    this.client = {
      host: 'lease-server',
      request: async <T>(method: string, _path: string, options: RequestOptions = {}) => {
        this.calls += 1;
        if (this.state === 'down') throw failed({ kind: 'unavailable' }, 0);
        if (this.state === 'silent') return neverAnswered<T>(options, clock);
        const answer = server.answer<T>(method, options.body as LeaseObject | undefined);
        if (this.state === 'slow') await sleep(clock, 3_000);
        if (this.state === 'deaf') throw failed({ kind: 'doubtful' }, 0);
        return answer;
      },
      watch: (_path: string, _query: Query, signal: AbortSignal) => this.#watch(server, signal),
      close: async () => undefined,
    };
  }

  /** Ends at the first write that does not come through. */
  async *#watch(server: LeaseServer, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    if (!this.isWatchable) throw failed({ kind: 'refused', reason: 'Forbidden', httpStatus: 403 }, 403);
    for (let lease = server.lease; this.state === 'up'; lease = server.lease) {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.watchers.add(resolve);
      signal.addEventListener('abort', () => resolve());
      if (lease) yield { type: 'MODIFIED', object: lease };
      await promise;
      server.watchers.delete(resolve);
      if (signal.aborted) throw signal.reason;
    }
    throw failed({ kind: 'unavailable' }, 0);
  }
}

function neverAnswered<T>({ signal, deadlineMs = 10_000 }: RequestOptions, clock: Clock): Promise<T> {
  return new Promise((_, reject) => {
    const end = () => reject(failed({ kind: 'unavailable' }, 0));
    clock.schedule(deadlineMs, end);
    signal?.addEventListener('abort', end);
  });
}

function failed(fault: Fault, httpStatus: number): KubeError {
  const failure: KubeFailure = { httpStatus };
  return new KubeError(fault, `${fault.kind} ${httpStatus}`, failure);
}
