import { kindOf, type SourceConfig } from '../config/source-config.ts';
import type { DirectoryConfig } from '../config/sources/directory.ts';
import { UserError } from '../config/user-error.ts';

// Loaded only where they are used: looking at a fleet needs none of this.

/** The directory of the configuration; throws for a source that keeps its state in a place with back-ups of its own. */
export function requireDirectory(config: SourceConfig): DirectoryConfig {
  if ('stateFile' in config) return config;
  throw new UserError(
    `The state of --source ${config.kind} is not in a file.`,
    kindOf(config).backUpAdvice ?? '',
  );
}

export async function backUpDirectoryState(stateFile: string, file: string, overwrite: boolean) {
  const { backUpState } = await import('../adapters/directory/state/saved-state.ts');
  return backUpState(stateFile, file, overwrite);
}

export async function planDirectoryRestore(stateFile: string, from: string) {
  const { planRestore } = await import('../adapters/directory/state/restore-state.ts');
  return planRestore(stateFile, from);
}

export async function restoreDirectoryState(stateFile: string, from: string, now: string) {
  const { restoreState } = await import('../adapters/directory/state/restore-state.ts');
  return restoreState({ stateFile, from, now });
}
