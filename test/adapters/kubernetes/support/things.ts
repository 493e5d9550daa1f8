import { type KubeAPI, patchType } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import { resourcePath } from '../../../../src/adapters/kubernetes/client/resource-path.ts';
import type { Thing } from './watched.ts';

/** ConfigMaps of a namespace of their own. */
export class Things {
  readonly namespace: string;
  readonly path: string;
  readonly #client: KubeAPI;

  static async in(client: KubeAPI, namespace: string): Promise<Things> {
    await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
    return new Things(client, namespace);
  }

  constructor(client: KubeAPI, namespace: string) {
    this.#client = client;
    this.namespace = namespace;
    this.path = this.#path();
  }

  create(name: string, value: string): Promise<Thing> {
    return this.#client.request('POST', this.path, { body: { metadata: { name }, data: { value } } });
  }

  set(name: string, value: string): Promise<Thing> {
    const options = { body: { data: { value } }, contentType: patchType.merge };
    return this.#client.request('PATCH', this.#path(name), options);
  }

  async delete(name: string): Promise<void> {
    await this.#client.request('DELETE', this.#path(name));
  }

  #path(name?: string): string {
    const type = { group: '', version: 'v1', plural: 'configmaps' };
    return resourcePath(type, { namespace: this.namespace, name });
  }
}
