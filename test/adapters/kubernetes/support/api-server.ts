import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serversOrSkip } from '../../../../scripts/test-servers/servers-or-skip.ts';
import { connect } from '../../../../src/adapters/kubernetes/client/connect.ts';
import type { KubeAPI } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { type KubernetesApi, startKubernetesApi } from '../../../lab/kubernetes/kubernetes-api.ts';

const { servers, skip } = await serversOrSkip();

/** Option of suites that need a kube-apiserver: skipped, with the reason, where there is none. */
export const withoutServers: { readonly skip: string | false } = { skip };

export interface ApiServerOptions {
  readonly controllers?: boolean;
  readonly durable?: boolean;
  readonly apiserverFlags?: readonly string[];
}

/** A real Kubernetes API of the test's own, with a client of its administrator. */
export interface ApiServer extends KubernetesApi {
  readonly client: KubeAPI;
  /** Forgets all versions older than now, as happens after five minutes. */
  compact(): Promise<void>;
}

/** Starts etcd and kube-apiserver, which takes about 4 s. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  if (!servers) throw new Error('There are no test servers.');
  const directory = mkdtempSync(join(tmpdir(), 'clawfleet-kubernetes-'));
  const api = await startKubernetesApi({ servers, directory, ...options });
  const { client } = await connect({
    clock: systemClock,
    log: silentLog,
    kubeconfig: api.kubeconfig,
    userAgent: 'clawfleet-test',
  });
  return {
    ...api,
    client,
    compact: () => compact(api.etcdURL),
    async [Symbol.asyncDispose]() {
      await client.close();
      await api[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function compact(etcdURL: string): Promise<void> {
  const { header } = await etcd<{ header: { revision: string } }>(etcdURL, 'range', { key: 'AA==' });
  await etcd(etcdURL, 'compaction', { revision: header.revision, physical: true });
}

async function etcd<T>(etcdURL: string, call: string, body: object): Promise<T> {
  const answer = await fetch(`${etcdURL}/v3/kv/${call}`, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`etcd ${call}: ${text}`);
  return JSON.parse(text) as T;
}
