import { machineID } from '../adapters/system/machine-id.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { SourceConfig } from '../config/run-config.ts';
import type { SourceEditor, SourceReader } from '../ports/source-reader.ts';

// What a source needs is loaded only where it is the one: a cluster's client is large, and so is a database's.

/** A look at the source from outside the controller. */
export async function openReader(config: SourceConfig): Promise<SourceReader> {
  if (config.kind === 'kubernetes') return (await import('./open-cluster.ts')).openClusterReader(config);
  if (config.kind === 'mongodb') return (await import('./open-mongodb.ts')).openMongoDBReader(config);
  const { openDirectoryReader } = await import('../adapters/directory/directory-reader.ts');
  return openDirectoryReader({ ...config, machine: machineID(), clock: systemClock });
}

/** Changes what is declared, and the fleet's own record. */
export async function openEditor(config: SourceConfig): Promise<SourceEditor> {
  if (config.kind === 'kubernetes') return (await import('./open-cluster.ts')).openClusterEditor(config);
  if (config.kind === 'mongodb') return (await import('./open-mongodb.ts')).openMongoDBEditor(config);
  const { directoryEditor } = await import('../adapters/directory/directory-editor.ts');
  return directoryEditor(config);
}

/** The namespace of names that do not say theirs. */
export async function homeNamespace(config: SourceConfig): Promise<string> {
  if (config.kind !== 'kubernetes') return 'default';
  return (await import('./open-cluster.ts')).namespaceOfContext(config);
}
