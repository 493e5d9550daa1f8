import { Pool } from 'undici';
import type { KubernetesApi } from './kubernetes-api.ts';

/** In one transaction; etcd takes 128 at most, and 1.5 MiB. */
const putsAtOnce = 64;

/** A value in etcd. */
export interface Kept {
  readonly value: string;
  /** How often its key was written since it was made. */
  readonly writes: number;
}

/** What an API server keeps in etcd, past the API server, as a restored backup comes about. */
export class EtcdStore {
  readonly #pool: Pool;

  constructor({ etcdURL }: KubernetesApi) {
    this.#pool = new Pool(etcdURL, { connections: 2 });
  }

  /** Throws when there is no such key. */
  async get(key: string): Promise<string> {
    const { kvs } = await this.#call<{ kvs?: { value: string }[] }>('range', { key: base64(key) });
    const [found] = kvs ?? [];
    if (!found) throw new Error(`etcd has no ${key}`);
    return plain(found.value);
  }

  /** Everything whose key begins with `prefix`, by key. */
  async all(prefix: string): Promise<ReadonlyMap<string, Kept>> {
    const range = { key: base64(prefix), range_end: base64(afterAll(prefix)) };
    const { kvs = [] } = await this.#call<{ kvs?: Stored[] }>('range', range);
    return new Map(
      kvs.map(({ key, value, version }) => [plain(key), { value: plain(value), writes: Number(version) }]),
    );
  }

  async put(values: ReadonlyMap<string, string>): Promise<void> {
    const puts = [...values].map(([key, value]) => ({
      requestPut: { key: base64(key), value: base64(value) },
    }));
    for (let at = 0; at < puts.length; at += putsAtOnce)
      await this.#call('txn', { success: puts.slice(at, at + putsAtOnce) });
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #call<T>(call: string, body: object): Promise<T> {
    const { statusCode, body: answer } = await this.#pool.request({
      method: 'POST',
      path: `/v3/kv/${call}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`etcd ${call}: ${text}`);
    return JSON.parse(text) as T;
  }
}

interface Stored {
  readonly key: string;
  readonly value: string;
  readonly version: string;
}

/** The first key that is no longer under `prefix`. */
function afterAll(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}

function plain(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
