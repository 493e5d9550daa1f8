import { KubeError } from '../../adapters/kubernetes/client/kube-error.ts';
import type { KubernetesConfig } from '../../config/sources/kubernetes.ts';
import { faultOf, type PortError } from '../../ports/port-error.ts';
import type { SourceOpener } from './source-opener.ts';

export const kubernetesOpener: SourceOpener<KubernetesConfig> = {
  kind: 'kubernetes',
  openReader: async (config) => (await import('./look-at-cluster.ts')).openClusterReader(config),
  openEditor: async (config) => (await import('./look-at-cluster.ts')).openClusterEditor(config),
  openRun: async (config, run, parts) =>
    (await import('./run-cluster.ts')).openRunCluster(config, run, parts),
  homeNamespace: async (config) => (await import('./look-at-cluster.ts')).namespaceOfContext(config),
  owns: (error): error is PortError => error instanceof KubeError || isOfCluster(error),
  nextAfter: nextInCluster,
};

const clusterReasons: Readonly<Record<string, string>> = {
  DefinitionsMissing:
    'Install them: `clawfleet crds | kubectl apply -f -`, or `kubectl apply -f crds/` in the project.',
  KubeconfigMissing:
    'Give --kubeconfig FILE or set KUBECONFIG; `kubectl config view` shows what kubectl goes by.',
  KubeconfigInvalid:
    'Mend it, or give another by --kubeconfig and --context; `kubectl config get-contexts` lists them.',
};

/** What the connection to a cluster comes to before anything is sent, or what the cluster lacks. */
function isOfCluster(error: unknown): error is PortError {
  const fault = faultOf(error, 'refused');
  return fault?.kind === 'refused' && Object.hasOwn(clusterReasons, fault.reason);
}

function nextInCluster(error: PortError): string | undefined {
  const { fault } = error;
  switch (fault.kind) {
    case 'unauthorised':
      return 'Log in again as kubectl does: `kubectl auth whoami` must answer for the same --context.';
    case 'refused':
      return fault.httpStatus === 403
        ? 'Ask for the right: deploy/kubernetes/rbac-users.yaml has roles for people, rbac-bots.yaml those of the controller.'
        : clusterReasons[fault.reason];
    case 'unavailable':
    case 'doubtful':
      return 'Is the cluster up, and is it the right one? `kubectl cluster-info` asks it; --context names another.';
    case 'absent':
      return 'Is it another cluster or namespace? --context, -n and --namespace-of-controller say which.';
    case 'full':
      return 'The cluster’s store takes no more: its administrator must make room.';
    default:
      return undefined;
  }
}
