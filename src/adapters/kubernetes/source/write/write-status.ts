import { isDeepStrictEqual } from 'node:util';
import { apiVersion } from '../../../../model/manifest/kinds.ts';
import type { AccountRecord, BotRecord } from '../../../../model/records.ts';
import type { AccountStatus } from '../../../../model/spec/account-spec.ts';
import { faultOf, PortError } from '../../../../ports/port-error.ts';
import { replace } from '../../client/apply.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import type { KubeObject } from '../../client/kube-object.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { type AccountObject, accountType } from '../objects.ts';

/**
 * The body of a PUT on the status subresource: the whole status, for exactly this object at exactly this version. The
 * API server takes nothing else from it, so nothing else is sent.
 */
export function statusUpdate<R extends BotRecord | AccountRecord>(
  kind: string,
  { namespace, name, uid, version, createdAt }: R,
  status: R['status'],
): KubeObject & { readonly status: R['status'] } {
  const metadata = { namespace, name, uid, resourceVersion: version, creationTimestamp: createdAt };
  return { apiVersion, kind, metadata, status };
}

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

/** Stores an Account's status by compare-and-swap; resolves to the object as stored. */
export function writeAccountStatus(
  client: KubeAPI,
  record: AccountRecord,
  status: AccountStatus,
): Promise<AccountObject> {
  const { namespace, name } = record;
  const update = statusUpdate('Account', record, status);
  return settledWrite(
    client,
    resourcePath(accountType, { namespace, name }),
    () =>
      replace<AccountObject>(
        client,
        resourcePath(accountType, { namespace, name, subresource: 'status' }),
        update,
      ),
    (present) => isDeepStrictEqual(present.status, status),
  );
}
