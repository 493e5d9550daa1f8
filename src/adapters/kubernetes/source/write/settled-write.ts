import { faultOf, PortError } from '../../../../ports/port-error.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import type { KubeObject } from '../../client/kube-object.ts';

/**
 * A write whose answer may get lost: whether it happened is then read from the object at `path`. One that is still
 * on its way lands on a version that has passed, or makes the caller's next write do so.
 */
export async function settledWrite<T extends KubeObject>(
  client: KubeAPI,
  path: string,
  send: () => Promise<T>,
  happened: (present: T) => boolean,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!faultOf(error, 'doubtful')) throw error;
    const present = await client.request<T>('GET', path);
    if (happened(present)) return present;
    const message = error instanceof Error ? error.message : String(error);
    throw new PortError({ kind: 'unavailable' }, `${message}; it was not stored`, { cause: error });
  }
}
