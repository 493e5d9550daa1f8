import { kubernetesEditor } from '../../adapters/kubernetes/source/kubernetes-editor.ts';
import { openKubernetesReader } from '../../adapters/kubernetes/source/kubernetes-reader.ts';
import { systemChance } from '../../adapters/system/system-chance.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import type { KubernetesConfig } from '../../config/sources/kubernetes.ts';
import { silentLog } from '../../ports/log.ts';
import type { SourceEditor, SourceReader } from '../../ports/source-reader.ts';
import { connectCluster } from './connect-cluster.ts';
import { closingToo, connectedEditor } from './connected.ts';

/** A look at a cluster's bots under the user's own rights; closing it closes the connection too. */
export async function openClusterReader(config: KubernetesConfig): Promise<SourceReader> {
  const { client, controllerNamespace } = await connectCluster(config, silentLog);
  try {
    const reader = await openKubernetesReader({
      client,
      clock: systemClock,
      chance: systemChance,
      log: silentLog,
      namespace: controllerNamespace,
      namespaces: config.namespaces,
    });
    return closingToo(reader, () => void client.close());
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Each change is made over a connection of its own. */
export function openClusterEditor(config: KubernetesConfig): SourceEditor {
  return connectedEditor(async (act) => {
    const { client, controllerNamespace } = await connectCluster(config, silentLog);
    try {
      return await act(kubernetesEditor({ client, namespace: controllerNamespace }));
    } finally {
      await client.close();
    }
  });
}

export async function namespaceOfContext(config: KubernetesConfig): Promise<string> {
  const { client, namespace } = await connectCluster(config, silentLog);
  await client.close();
  return namespace;
}
