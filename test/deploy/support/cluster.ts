import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKubernetesApi } from '../../lab/kubernetes/kubernetes-api.ts';
import { type Ended, ended, printed } from './program.ts';
import { testServers, tool } from './tool.ts';

/** A bare Kubernetes API, and kubectl and Helm as its administrator. */
export interface Cluster {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** What kubectl prints; it must succeed. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  helm(args: readonly string[]): Promise<string>;
  /** kubectl to its end, whatever its exit code. */
  tried(args: readonly string[], stdin?: string): Promise<Ended>;
  close(): Promise<void>;
}

export async function openCluster(): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'clawfleet-cluster-'));
  const api = await startKubernetesApi({ servers: testServers(), directory });
  const env = { KUBECONFIG: api.kubeconfig, KUBECACHEDIR: join(directory, 'kubectl'), HOME: directory };
  const [kubectl, helm] = [tool('kubectl'), tool('helm')];
  return {
    kubeconfig: api.kubeconfig,
    kubectl: (args, stdin = '') => printed(kubectl, args, { env, stdin }),
    helm: (args) => printed(helm, args, { env }),
    tried: (args, stdin = '') => ended(kubectl, args, { env, stdin }),
    close: async () => {
      await api[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
