import { kubernetesEditor } from '../adapters/kubernetes/source/kubernetes-editor.ts';
import { openKubernetesReader } from '../adapters/kubernetes/source/kubernetes-reader.ts';
import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { KubernetesConfig } from '../config.ts';
import { silentLog } from '../ports/log.ts';
import type { SourceEditor, SourceReader } from '../ports/source-reader.ts';
import { connectCluster } from './connect-cluster.ts';

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
    const close = () => {
      reader.close();
      void client.close();
    };
    return withClose(reader, close);
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Each change is made over a connection of its own. */
export function openClusterEditor(config: KubernetesConfig): SourceEditor {
  const connected = async <T>(act: (editor: SourceEditor) => Promise<T>): Promise<T> => {
    const { client, controllerNamespace } = await connectCluster(config, silentLog);
    try {
      return await act(kubernetesEditor({ client, namespace: controllerNamespace }));
    } finally {
      await client.close();
    }
  };
  return {
    edit: (key, edits) => connected((editor) => editor.edit(key, edits)),
    editFleet: (change) => connected((editor) => editor.editFleet(change)),
    add: (manifest, name) => connected((editor) => editor.add(manifest, name)),
  };
}

export async function namespaceOfContext(config: KubernetesConfig): Promise<string> {
  const { client, namespace } = await connectCluster(config, silentLog);
  await client.close();
  return namespace;
}

function withClose(reader: SourceReader, close: () => void): SourceReader {
  return {
    bots: () => reader.bots(),
    accounts: () => reader.accounts(),
    events: (key) => reader.events(key),
    fleet: () => reader.fleet(),
    health: () => reader.health(),
    boundNow: () => reader.boundNow(),
    secret: (namespace, ref) => reader.secret(namespace, ref),
    watch: (onChange) => reader.watch(onChange),
    close,
  };
}
