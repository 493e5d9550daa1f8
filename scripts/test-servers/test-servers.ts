import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that tests start, as absolute paths. */
export interface TestServers {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl: string;
  /** For deletion of namespaces and garbage collection; not in the official download. */
  readonly kubeControllerManager: string | undefined;
  /** Not in the official download. */
  readonly helm: string | undefined;
}

const needed = ['etcd', 'kube-apiserver', 'kubectl'] as const;

/** Names of the programs that `directory` lacks; those that one can do without are not asked for. */
export function lackingIn(directory: string): readonly string[] {
  return needed.filter((name) => programIn([directory], name) === undefined);
}

/** The programs of `directory`; those one can do without also from `others` or from the PATH. */
export function serversIn(directory: string, others: readonly string[], env: NodeJS.ProcessEnv): TestServers {
  const anywhere = [directory, ...others, ...(env['PATH'] ?? '').split(delimiter).filter(Boolean)];
  return {
    etcd: join(directory, 'etcd'),
    kubeApiserver: join(directory, 'kube-apiserver'),
    kubectl: join(directory, 'kubectl'),
    kubeControllerManager: programIn(anywhere, 'kube-controller-manager'),
    helm: programIn(anywhere, 'helm'),
  };
}

/** The first executable of that name. */
export function programIn(directories: readonly string[], name: string): string | undefined {
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
