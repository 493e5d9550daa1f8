import { resolve } from 'node:path';
import { usageError } from '../user-error.ts';
import type { SourceKind } from './source-kind.ts';

/** Custom resources of a cluster, which also keeps their state. */
export interface KubernetesConfig {
  readonly kind: 'kubernetes';
  /** Absolute path; undefined: KUBECONFIG, the home directory's file, or the pod's own account. */
  readonly kubeconfig: string | undefined;
  /** Undefined: the current one. */
  readonly context: string | undefined;
  /** Where the lease and the fleet's record are kept; undefined: the pod's own, else clawfleet-system. */
  readonly controllerNamespace: string | undefined;
  /** The namespaces that count; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
}

/** The value of --source that stands for a cluster; a directory of that name is `./kubernetes`. */
const word = 'kubernetes';

export const kubernetesKind: SourceKind<KubernetesConfig> = {
  kind: 'kubernetes',
  words: 'a cluster',
  flags: [
    ['--kubeconfig', 'kubeconfig'],
    ['--context', 'context'],
    ['--namespace-of-controller', 'namespaceOfController'],
    ['--watch-namespaces', 'watchNamespaces'],
  ],
  chosenBy: ['context', 'kubeconfig'],
  isShared: true,
  backUpAdvice:
    'Back up the cluster: the objects with their status and the ConfigMap clawfleet-fleet belong together.',
  takes: (source) => source === word,
  read({ flags, last, around: { cwd } }) {
    // Another context or file is another cluster: nothing of the last run holds there.
    const before = (flags.context ?? flags.kubeconfig) === undefined ? last : undefined;
    const { namespaceOfController } = flags;
    return {
      kind: 'kubernetes',
      kubeconfig: flags.kubeconfig === undefined ? before?.['kubeconfig'] : resolve(cwd, flags.kubeconfig),
      context: flags.context ?? before?.['context'],
      controllerNamespace:
        namespaceOfController === undefined
          ? before?.['controllerNamespace']
          : parseNamespace(namespaceOfController, '--namespace-of-controller'),
      namespaces: parseNamespaces(flags.watchNamespaces),
    };
  },
  note: ({ kubeconfig, context, controllerNamespace }) => ({ kubeconfig, context, controllerNamespace }),
  electsLeader: (leaderElect) => leaderElect,
  location({ context, kubeconfig, controllerNamespace }) {
    const cluster = context === undefined ? 'the current context' : `context ${context}`;
    const file = kubeconfig === undefined ? '' : ` of ${kubeconfig}`;
    const namespace =
      controllerNamespace === undefined ? '' : `, ConfigMap ${controllerNamespace}/clawfleet-fleet`;
    return { source: `kubernetes, ${cluster}${file}`, state: `in the cluster${namespace}` };
  },
  reachAdvice({ controllerNamespace = 'clawfleet-system' }) {
    const where = `-n ${controllerNamespace}`;
    return `In a cluster: \`kubectl ${where} port-forward pod/NAME 9464\`, of the pod that leads (\`kubectl ${where} get lease clawfleet\`). `;
  },
  // A user may have no right to more namespaces than asked for.
  within: (config, namespaces) => ({ ...config, namespaces }),
};

const labelPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A DNS label. `flag` is named in the error otherwise. */
export function parseNamespace(text: string, flag: string): string {
  if (labelPattern.test(text)) return text;
  throw usageError(
    `${flag} must name a namespace, got ${JSON.stringify(text)}.`,
    'Names of namespaces are lower-case letters, digits and dashes.',
  );
}

/** `a,b`: each once. Undefined: all of them. */
function parseNamespaces(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => parseNamespace(name.trim(), '--watch-namespaces'));
  return [...new Set(names)];
}
