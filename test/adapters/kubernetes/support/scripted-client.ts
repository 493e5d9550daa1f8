import type { KubeAPI, Query, WatchEvent } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import { KubeError, type KubeFailure } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import type { Thing } from './watched.ts';

/** What a watch does once it is asked for: fails, or yields events and then ends or stays open. */
export interface WatchStep {
  readonly fails?: KubeFailure;
  readonly events?: readonly WatchEvent[];
  readonly stays?: boolean;
}

/** An API server that does what a script says, for what no real one can be made to do on time. */
export class ScriptedClient implements KubeAPI {
  readonly host = 'scripted';
  /** What was asked for, at which time. */
  readonly asked: { readonly at: number; readonly what: 'watch' | 'request'; readonly query: Query }[] = [];
  /** The version that the store has reached. */
  version = '10';
  readonly #steps: WatchStep[];
  readonly #now: () => number;

  constructor(now: () => number, steps: readonly WatchStep[]) {
    this.#now = now;
    this.#steps = [...steps];
  }

  async request<T>(_method: string, _path: string, options: { query?: Query } = {}): Promise<T> {
    this.asked.push({ at: this.#now(), what: 'request', query: options.query ?? {} });
    return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: this.version }, items: [] } as T;
  }

  async *watch(
    _path: string,
    query: Query,
    signal: AbortSignal,
    onOpen?: () => void,
  ): AsyncGenerator<WatchEvent> {
    this.asked.push({ at: this.#now(), what: 'watch', query });
    const { fails, events = [], stays } = this.#steps.shift() ?? { stays: true };
    if (fails) throw new KubeError({ kind: 'unavailable' }, `HTTP ${fails.httpStatus}`, fails);
    onOpen?.();
    yield* events;
    if (stays)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }

  async close(): Promise<void> {}
}

export function thing(name: string, version: number, value = String(version)): Thing {
  const metadata = {
    namespace: 'ns',
    name,
    uid: name,
    resourceVersion: String(version),
    creationTimestamp: '',
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
}

export const added = (object: Thing): WatchEvent => ({ type: 'ADDED', object });
export const modified = (object: Thing): WatchEvent => ({ type: 'MODIFIED', object });

/** The bookmark that ends a listing by watch. */
export function listedUpTo(version: number): WatchEvent {
  const object = thing('', version);
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  return { type: 'BOOKMARK', object: { ...object, metadata: { ...object.metadata, annotations } } };
}
