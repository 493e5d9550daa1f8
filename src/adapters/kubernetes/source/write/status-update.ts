import { apiVersion } from '../../../../model/manifest/kinds.ts';
import type { AccountRecord, BotRecord } from '../../../../model/records.ts';
import type { KubeObject } from '../../client/kube-object.ts';

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
