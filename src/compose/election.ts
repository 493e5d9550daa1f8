import type { Leadership } from '../ports/leadership.ts';
import type { Log } from '../ports/log.ts';
import type { Source } from '../ports/source.ts';

/** The lease that a controller must hold to act. */
export interface Election {
  /** `namespace/name` of the lease. */
  readonly lease: string;
  /** Begins to try for it; `onHolder` hears of other holders. Resolves once this process leads. */
  win(onHolder: (identity: string) => void): Promise<void>;
  /** Resolves when the lease is lost after it was won. */
  readonly lost: Promise<void>;
  /** `host:port` at which the process that leads takes bots' calls from others; undefined when it is not known, or this one. */
  leader(): string | undefined;
  /** Why this process could not take over if it had to; undefined when it could, or leads. */
  trouble(): string | undefined;
}

/** Told of what goes on between a controller and the place of its source. */
export interface ClusterObserver {
  request(method: string, code: string, host: string): void;
  watchLease(name: string, isHeld: () => boolean): void;
}

export interface RunSourceParts {
  readonly log: Log;
  readonly cluster: ClusterObserver;
  /** `host:port` at which this process takes bots' calls from others, once it leads; undefined: nowhere. */
  readonly peerAddress: string | undefined;
}

/** The source of a controller with what decides whether it may act. */
export interface RunSource {
  readonly source: Source;
  readonly leadership: Leadership;
  /** Undefined where no other controller can be, or where nobody is to ask. */
  readonly election: Election | undefined;
  /** By which replicas know each other; undefined while it is not known. */
  replicaKey(): Uint8Array | undefined;
  /** Gives up the lease, for the next one to take at once, and closes all connections. The source has stopped. */
  close(): Promise<void>;
}
