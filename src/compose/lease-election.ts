import type {
  ApiClient,
  KubeMethod,
  Query,
  RequestOptions,
} from '../adapters/kubernetes/client/api-client.ts';
import { LeaderElector } from '../adapters/kubernetes/client/leader-elector.ts';
import type { LeaderElectorOptions } from '../adapters/kubernetes/client/leader-elector-options.ts';
import { leaseTiming } from '../config/lease.ts';
import type { Leadership } from '../ports/leadership.ts';
import type { Election } from './run-source.ts';

type Options = Pick<LeaderElectorOptions, 'client' | 'clock' | 'chance' | 'log' | 'namespace' | 'identity'>;

/** The lease of the cluster's one controller. */
export class LeaseElection implements Election, Leadership {
  readonly name = 'clawfleet';
  readonly lease: string;
  readonly lost: Promise<void>;
  readonly #elector: LeaderElector;
  readonly #won = Promise.withResolvers<void>();
  readonly #identity: string;
  readonly #clock: Options['clock'];
  #holder = '';
  #onHolder: (identity: string) => void = () => undefined;
  /** Monotonic ms. */
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    const lost = Promise.withResolvers<void>();
    this.lost = lost.promise;
    this.lease = `${options.namespace}/${this.name}`;
    this.#identity = options.identity;
    this.#clock = options.clock;
    this.#elector = new LeaderElector({
      ...options,
      client: noticing(options.client, () => {
        this.#answeredAt = this.#clock.monotonic();
      }),
      name: this.name,
      timing: leaseTiming,
      onStartedLeading: () => this.#won.resolve(),
      onStoppedLeading: () => lost.resolve(),
      onNewLeader: (identity) => this.#seen(identity),
    });
  }

  msLeft(): number {
    return this.#elector.msLeft();
  }

  win(onHolder: (identity: string) => void): Promise<void> {
    this.#onHolder = onHolder;
    this.#elector.start();
    return this.#won.promise;
  }

  /** Whoever can read the lease will take it when its holder is gone. */
  trouble(): string | undefined {
    const isRecent = this.#clock.monotonic() - this.#answeredAt < leaseTiming.leaseMs;
    return isRecent ? undefined : `the lease ${this.lease} cannot be read`;
  }

  /** Gives the lease up for the next one to take at once. */
  resign(): Promise<void> {
    return this.#elector.stop();
  }

  leader(): string | undefined {
    return this.#holder === this.#identity ? undefined : /@(\S+)$/.exec(this.#holder)?.[1];
  }

  #seen(identity: string): void {
    this.#holder = identity;
    if (identity !== this.#identity) this.#onHolder(identity);
  }
}

/** The same client; tells of each answer that is none of its failures. */
function noticing(client: ApiClient, answered: () => void): ApiClient {
  return {
    host: client.host,
    request: async <T>(method: KubeMethod, path: string, options?: RequestOptions): Promise<T> => {
      const answer = await client.request<T>(method, path, options);
      answered();
      return answer;
    },
    watch: (path: string, query: Query, signal: AbortSignal) => client.watch(path, query, signal),
    close: () => client.close(),
  };
}
