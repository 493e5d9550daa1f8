import type { KubeStatus } from './kube-error.ts';
import type { KubeObject } from './kube-object.ts';

export type KubeMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Undefined values are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default: `application/json`; PATCH must name its own, see `patchType`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** For the whole call, repetitions of a read included. Default: 10 s. */
  readonly deadlineMs?: number;
  /**
   * For a list: told of each item as it arrives, and the answer then holds none, so that a long list is never in
   * memory as text nor parsed in one go. When the call fails what was told so far is void.
   */
  readonly onItem?: (item: unknown) => void;
}

/** The content types of PATCH. */
export const patchType = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const;

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: KubeStatus };

/** A Kubernetes API server under one set of credentials. Every failure is a KubeError. */
export interface KubeAPI {
  /** Host and port, as in the label of `rest_client_requests_total`. */
  readonly host: string;
  /**
   * One call; resolves to the answer's JSON. `path` begins with `/api` or `/apis`, see `resourcePath`. A 401 is
   * tried once more with fresh credentials; a read that is answered 429 is tried again after what the server asks
   * for, within the deadline. Nothing else is repeated.
   */
  request<T>(method: KubeMethod, path: string, options?: RequestOptions): Promise<T>;
  /**
   * Opens a watch (`watch=true` is added) and yields its events until the server ends it, which is no error.
   * Throws when it cannot be opened or is cut; a failure with httpStatus 0 had no answer. Leaving the loop or
   * aborting `signal` closes it; after an abort it throws the signal's reason. `onOpen`: the server has accepted it.
   */
  watch(path: string, query: Query, signal: AbortSignal, onOpen?: () => void): AsyncIterable<WatchEvent>;
  /** Breaks off whatever is under way and closes all connections. */
  close(): Promise<void>;
}

/** Told of every request sent: labels of `rest_client_requests_total{code,method,host}`. */
export interface APIObserver {
  /** `code`: the HTTP status, or `<error>` when no answer came. */
  request(method: KubeMethod, code: string, host: string): void;
}
