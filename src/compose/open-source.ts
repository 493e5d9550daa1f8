import type { RunConfig } from '../config/run-config.ts';
import type { SourceConfig } from '../config/source-config.ts';
import type { PortError } from '../ports/port-error.ts';
import type { SourceEditor, SourceReader } from '../ports/source-reader.ts';
import type { RunSource, RunSourceParts } from './election.ts';
import { directoryOpener } from './sources/directory.ts';
import { kubernetesOpener } from './sources/kubernetes.ts';
import { mongodbOpener } from './sources/mongodb.ts';
import type { SourceOpener } from './sources/source-opener.ts';

const openers: readonly SourceOpener<SourceConfig>[] = [directoryOpener, kubernetesOpener, mongodbOpener];

function openerOf({ kind }: SourceConfig): SourceOpener<SourceConfig> {
  return openers.find((each) => each.kind === kind) ?? directoryOpener;
}

/** Looks at the source from outside the controller. */
export function openReader(config: SourceConfig): Promise<SourceReader> {
  return openerOf(config).openReader(config);
}

/** Changes what is declared, and the fleet's own record. */
export function openEditor(config: SourceConfig): Promise<SourceEditor> {
  return openerOf(config).openEditor(config);
}

/** The source of a controller with what decides whether it may act. */
export function openRunSource(config: RunConfig, parts: RunSourceParts): Promise<RunSource> {
  return openerOf(config.source).openRun(config.source, config, parts);
}

/** The namespace of names that do not say theirs. */
export function homeNamespace(config: SourceConfig): Promise<string> {
  return openerOf(config).homeNamespace(config);
}

/** What a person does after a failure of a source's own; undefined when it is not one, or the fault says it all. */
export function nextAfterSourceFailure(error: PortError): string | undefined {
  return openers.find((opener) => opener.owns(error))?.nextAfter(error);
}
