import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestServers } from '../../../scripts/test-servers/test-servers.ts';
import { ApiCalls } from '../api-calls.ts';
import type { Lab } from '../lab.ts';
import { MetricsPage } from '../metrics-page.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { type KubernetesApi, startKubernetesApi } from './kubernetes-api.ts';

const manifests = fileURLToPath(new URL('../../../deploy/kubernetes', import.meta.url));

/** A Kubernetes API on which everything of deploy/kubernetes is applied. */
export class Cluster {
  readonly api: KubernetesApi;
  readonly calls: ApiCalls;
  /** Flags of `clawfleet run` for this cluster, under the rights of the controller's own service account. */
  readonly source: readonly string[];

  private constructor(api: KubernetesApi, calls: ApiCalls, kubeconfig: string) {
    this.api = api;
    this.calls = calls;
    this.source = ['--source', 'kubernetes', '--kubeconfig', kubeconfig];
  }

  /** Ends with the lab, or sooner. The lab calls it over so many connections. */
  static async start(lab: Lab, servers: TestServers, connections: number): Promise<Cluster> {
    const directory = lab.directory('kubernetes');
    const api = await startKubernetesApi({ servers, directory });
    lab.ends.use(api);
    const env = { KUBECONFIG: api.kubeconfig, HOME: directory };
    const kubectl = async (line: string, ...more: string[]) =>
      (await promisify(execFile)(servers.kubectl, [...line.split(' '), ...more], { env })).stdout;
    await kubectl('apply --server-side -k', manifests);
    await kubectl('wait --for=condition=Established crd --all --timeout=30s');
    const token = await kubectl('create token clawfleet --namespace clawfleet-system --duration=1h');
    const kubeconfig = join(directory, 'controller.kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(api.url, api.caFile, token.trim()), { mode: 0o600 });
    return new Cluster(api, new ApiCalls(api, connections), kubeconfig);
  }

  /** What the API server counts of itself. */
  async metrics(): Promise<MetricsPage> {
    return new MetricsPage(await this.calls.text({ method: 'GET', path: '/metrics' }));
  }

  async end(): Promise<void> {
    await this.calls.close();
    await this.api[Symbol.asyncDispose]();
  }
}
