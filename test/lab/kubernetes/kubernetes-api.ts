import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import type { Restartable } from '../restartable.ts';
import { until } from '../until.ts';
import { adminToken, kubeconfigOf } from './kubeconfig.ts';
import { type KubernetesOptions, kubernetesPrograms } from './kubernetes-programs.ts';

/** A Kubernetes API with RBAC on and no nodes: objects are stored, no pod runs. */
export interface KubernetesApi {
  /** As `https://127.0.0.1:20000`. */
  readonly url: string;
  /** Of etcd, without TLS; its gRPC gateway compacts by `POST /v3/kv/compaction`. */
  readonly etcdURL: string;
  readonly caFile: string;
  /** Bearer token of a user in system:masters. */
  readonly adminToken: string;
  /** File for kubectl and Helm, with that token. */
  readonly kubeconfig: string;
  readonly etcd: Restartable;
  readonly apiserver: Restartable;
  /** Until `/readyz` says ok, after a start. Throws with its log when the server dies meanwhile. */
  ready(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts etcd and kube-apiserver on free ports of the loopback, which takes about 4 s. */
export async function startKubernetesApi(options: KubernetesOptions): Promise<KubernetesApi> {
  const { url, etcdURL, caFile, etcd, apiserver, controllers } = await kubernetesPrograms(options);
  await using ends = new AsyncDisposableStack();
  for (const program of [etcd, apiserver, controllers]) ends.defer(() => program.kill());
  const kubeconfig = join(options.directory, 'kubeconfig');
  const ready = () => readiness(url, caFile, apiserver);
  etcd.start();
  apiserver.start();
  await ready();
  writeFileSync(kubeconfig, kubeconfigOf(url, caFile, adminToken), { mode: 0o600 });
  if (options.controllers) controllers.start();
  const whole = ends.move();
  const dispose = () => whole.disposeAsync();
  return {
    url,
    etcdURL,
    caFile,
    adminToken,
    kubeconfig,
    etcd,
    apiserver,
    ready,
    [Symbol.asyncDispose]: dispose,
  };
}

function readiness(url: string, caFile: string, apiserver: Restartable): Promise<void> {
  return until('the kube-apiserver to be ready', 60_000, 50, async () => {
    apiserver.assertAlive();
    return existsSync(caFile) && (await statusOf(`${url}/readyz`, caFile)) === 200;
  });
}

/** Undefined while nobody answers. */
function statusOf(url: string, caFile: string): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${adminToken}` };
  return new Promise((resolve) => {
    const request = get(
      url,
      { ca: readFileSync(caFile), headers, agent: false, timeout: 5_000 },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
  });
}
