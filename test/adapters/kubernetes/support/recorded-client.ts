import type { KubeAPI, Query } from '../../../../src/adapters/kubernetes/client/kube-api.ts';

export interface RecordedClient extends KubeAPI {
  /** What was asked for so far: `list`, `watch-list` or `watch`, in order; other calls are left out. */
  readonly asked: string[];
  readonly queries: Query[];
}

/** Passes everything on to `client` and notes what a Reflector asks for. */
export function recordedClient(client: KubeAPI): RecordedClient {
  const asked: string[] = [];
  const queries: Query[] = [];
  return {
    asked,
    queries,
    host: client.host,
    request(method, path, options) {
      if (method === 'GET' && options?.onItem) {
        asked.push('list');
        queries.push(options.query ?? {});
      }
      return client.request(method, path, options);
    },
    watch(path, query, signal, onOpen) {
      asked.push(query['sendInitialEvents'] === true ? 'watch-list' : 'watch');
      queries.push(query);
      return client.watch(path, query, signal, onOpen);
    },
    close: () => client.close(),
  };
}
