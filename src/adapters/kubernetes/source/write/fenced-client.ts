import type { Leadership } from '../../../../ports/leadership.ts';
import type { KubeAPI, KubeMethod, Query, RequestOptions } from '../../client/kube-api.ts';
import { KubeError } from '../../client/kube-error.ts';

/**
 * The same API server, but writes leave only while this process leads: whatever is under way when the lease is lost
 * ends at its next write.
 */
export function fencedClient(client: KubeAPI, leadership: Leadership): KubeAPI {
  return {
    host: client.host,
    request: async <T>(method: KubeMethod, path: string, options?: RequestOptions): Promise<T> => {
      if (method !== 'GET' && leadership.msLeft() <= 0) throw notSent(method, path);
      return client.request<T>(method, path, options);
    },
    watch: (path: string, query: Query, signal: AbortSignal, onOpen?: () => void) =>
      client.watch(path, query, signal, onOpen),
    close: () => client.close(),
  };
}

function notSent(method: KubeMethod, path: string): KubeError {
  return new KubeError({ kind: 'unavailable' }, `${method} ${path} was not sent: the lease is lost`, {
    httpStatus: 0,
  });
}
