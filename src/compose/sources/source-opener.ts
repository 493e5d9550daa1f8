import type { RunConfig } from '../../config/run-config.ts';
import type { PortError } from '../../ports/port-error.ts';
import type { SourceEditor, SourceReader } from '../../ports/source-reader.ts';
import type { RunSource, RunSourceParts } from '../election.ts';

/**
 * What opens one kind of source, and explains its failures. What it needs is loaded only where it is the one: a
 * cluster's client is large, and so is a database's. Its flags and words are its SourceKind (src/config/sources).
 */
export interface SourceOpener<Config extends { readonly kind: string } = { readonly kind: string }> {
  readonly kind: Config['kind'];
  /** Looks at the source from outside the controller. */
  openReader(config: Config): Promise<SourceReader>;
  /** Changes what is declared, and the fleet's own record. */
  openEditor(config: Config): Promise<SourceEditor>;
  /** The source of a controller with what decides whether it may act. */
  openRun(config: Config, run: RunConfig, parts: RunSourceParts): Promise<RunSource>;
  /** The namespace of names that do not say theirs. */
  homeNamespace(config: Config): Promise<string>;
  /** Whether the failure is this source's own, so that `nextAfter` knows better than others. */
  owns(error: unknown): error is PortError;
  /** What a person does next; undefined: what the fault itself suggests. */
  nextAfter(error: PortError): string | undefined;
}
