import { directoryEditor } from '../adapters/directory/directory-editor.ts';
import { openDirectoryReader } from '../adapters/directory/directory-reader.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { SourceConfig } from '../config.ts';
import type { SourceEditor, SourceReader } from '../ports/source-reader.ts';

/** A look at the source from outside the controller. */
export async function openReader(config: SourceConfig): Promise<SourceReader> {
  return openDirectoryReader({ directory: config.source, stateFile: config.stateFile, clock: systemClock });
}

/** Changes what is declared, and the fleet's own record. */
export async function openEditor(config: SourceConfig): Promise<SourceEditor> {
  return directoryEditor({ directory: config.source, stateFile: config.stateFile });
}
