import { type ClusterParts, Feed } from '../cache/feed.ts';
import { type SecretObject, secretType } from '../objects.ts';
import type { OnSecret, SecretWatch } from './namespace-secrets.ts';

/** Watches the one Secret of that name, or all of the namespace; of these only what `isUsed` says is kept whole. */
export function watchSecrets(
  parts: ClusterParts,
  namespace: string,
  name: string | undefined,
  isUsed: (name: string) => boolean,
  onSecret: OnSecret,
): SecretWatch {
  const feed = new Feed<SecretObject>(parts, {
    type: secretType,
    namespaces: [namespace],
    ...(name !== undefined && { filterQuery: { fieldSelector: `metadata.name=${name}` } }),
    keep: (object) => kept(object, isUsed),
    seen: (object) => onSecret(object.metadata.name, object),
    gone: (key) => onSecret(key.slice(key.indexOf('/') + 1), undefined),
    onHealth: (path, failure) => {
      if (failure !== undefined) parts.log.warn({ path, name, failure }, 'Secrets cannot be watched');
    },
  });
  return { started: feed.start(), stop: () => void feed.stop() };
}

/** Of what nobody refers to, no value stays in memory. */
function kept({ apiVersion, kind, metadata, data }: SecretObject, isUsed: (name: string) => boolean) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const base = { name, uid, resourceVersion, creationTimestamp, ...(namespace && { namespace }) };
  return { apiVersion, kind, metadata: base, ...(data && isUsed(name) && { data }) };
}
