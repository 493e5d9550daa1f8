import type { SecretKeyRef } from '../../../../model/spec/llm-spec.ts';
import { faultOf, PortError } from '../../../../ports/port-error.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { type ClusterParts, Feed } from '../cache/feed.ts';
import { type SecretObject, secretType } from '../objects.ts';
import { NamespaceSecrets, type OnSecret, type SecretWatch } from './namespace-secrets.ts';
import type { SecretKey } from './secret-uses.ts';

export interface SecretCacheOptions {
  readonly client: KubeAPI;
  /** Begins to watch the Secret `name`, or all of the namespace. */
  readonly watch: (namespace: string, name: string | undefined, onSecret: OnSecret) => SecretWatch;
  readonly isUsed: (secret: SecretKey) => boolean;
  /** It is another one than what was last given out. */
  readonly changed: (secret: SecretKey) => void;
}

/** The Secrets that somebody has asked for and a Bot or an Account refers to, kept current by watches. */
export class SecretCache {
  readonly #options: SecretCacheOptions;
  readonly #namespaces = new Map<string, NamespaceSecrets>();

  constructor(options: SecretCacheOptions) {
    this.#options = options;
  }

  /** `absent` when there is no such Secret, or no such key in it. No error tells any value. */
  async value(namespace: string, { name, key }: SecretKeyRef): Promise<string> {
    const secret: SecretKey = `${namespace}/${name}`;
    const object = this.#options.isUsed(secret)
      ? await this.#of(namespace).get(name)
      : await readSecret(this.#options.client, namespace, name);
    return secretValue(object, secret, key);
  }

  /** The value that a Secret had which is gone by now; `absent` when it was never seen. */
  formerValue(namespace: string, { name, key }: SecretKeyRef): string {
    return secretValue(this.#namespaces.get(namespace)?.last(name), `${namespace}/${name}`, key);
  }

  /** Nobody refers to it any more. */
  forget(secret: SecretKey): void {
    const [namespace = '', name = ''] = secret.split('/');
    this.#namespaces.get(namespace)?.forget(name);
  }

  stop(): void {
    for (const secrets of this.#namespaces.values()) secrets.stop();
    this.#namespaces.clear();
  }

  #of(namespace: string): NamespaceSecrets {
    const { client, watch, isUsed, changed } = this.#options;
    const secrets =
      this.#namespaces.get(namespace) ??
      new NamespaceSecrets({
        read: (name) => readSecret(client, namespace, name),
        watch: (name, onSecret) => watch(namespace, name, onSecret),
        isUsed: (name) => isUsed(`${namespace}/${name}`),
        changed: (name) => changed(`${namespace}/${name}`),
      });
    this.#namespaces.set(namespace, secrets);
    return secrets;
  }
}

/** Undefined when there is none of that name. */
export async function readSecret(
  client: KubeAPI,
  namespace: string,
  name: string,
): Promise<SecretObject | undefined> {
  try {
    return await client.request<SecretObject>('GET', resourcePath(secretType, { namespace, name }));
  } catch (error) {
    if (faultOf(error, 'absent')) return undefined;
    throw error;
  }
}

/** The value of a key; throws `absent`. */
export function secretValue(object: SecretObject | undefined, secret: SecretKey, key: string): string {
  if (!object) throw new PortError({ kind: 'absent' }, `Secret ${secret} does not exist`);
  const { data = {} } = object;
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined) throw new PortError({ kind: 'absent' }, `Secret ${secret} has no key ${key}`);
  return Buffer.from(value, 'base64').toString('utf8');
}

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
