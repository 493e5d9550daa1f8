import { type GoProgram, goBuild } from './go-build.ts';
import { cached } from './server-cache.ts';

const kubernetes = '1.36.3';
const stamp = 'k8s.io/component-base/version';
const [major, minor] = kubernetes.split('.');

const programs: readonly GoProgram[] = [
  {
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.8',
    commands: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  {
    module: 'helm.sh/helm/v4',
    version: 'v4.3.1',
    commands: { helm: 'helm.sh/helm/v4/cmd/helm' },
  },
  {
    module: 'k8s.io/kubernetes',
    version: `v${kubernetes}`,
    siblingVersion: `v${kubernetes.replace(/^1/, '0')}`,
    linkerFlags: `-X ${stamp}.gitVersion=v${kubernetes} -X ${stamp}.gitMajor=${major} -X ${stamp}.gitMinor=${minor}`,
    commands: {
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    },
  },
];

/** All test servers, Helm and the controller manager included, built by Go into the cache: minutes, once. */
export function built(cache: string, say: (line: string) => void): Promise<string> {
  return cached(cache, `built-v${kubernetes}`, async (directory) => {
    for (const program of programs) await goBuild(program, directory, say);
  });
}
