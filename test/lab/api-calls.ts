import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import type { KubernetesApi } from './kubernetes/kubernetes-api.ts';

/** An object of the Kubernetes API, as far as the lab looks at it. */
export interface ApiObject {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** With its query. */
  readonly path: string;
  /** Sent as JSON; that of a PATCH as a merge patch. */
  readonly body?: object;
}

/** The administrator's calls to an API server over so many keep-alive connections, with nothing in between. */
export class ApiCalls {
  readonly connections: number;
  readonly #pool: Pool;
  readonly #authorization: string;

  constructor({ url, caFile, adminToken }: KubernetesApi, connections: number) {
    this.connections = connections;
    this.#pool = new Pool(url, { connections, connect: { ca: readFileSync(caFile) } });
    this.#authorization = `Bearer ${adminToken}`;
  }

  async send<T = ApiObject>(call: ApiCall): Promise<T> {
    return JSON.parse(await this.text(call)) as T;
  }

  async text({ method, path, body }: ApiCall): Promise<string> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const { statusCode, body: answer } = await this.#pool.request({
      method,
      path,
      headers: { authorization: this.#authorization, ...(body && { 'content-type': type }) },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 500)}`);
    return text;
  }

  /** Does `work` for each item, with as many items under way as there are connections. */
  async each<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
    const left = items[Symbol.iterator]();
    const client = async () => {
      for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
    };
    await Promise.all(Array.from({ length: this.connections }, client));
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
