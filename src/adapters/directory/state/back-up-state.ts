import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { copyState } from './copy-state.ts';
import { type SavedState, withSavedState } from './saved-state.ts';
import { refusal, storeError } from './store-error.ts';

/**
 * Copies the state as of one moment to `file`, whether a controller runs on it or not; `file` is whole or as it was
 * before. Throws `FileExists` unless it may be overwritten, and `NoState` where nothing is stored yet.
 */
export function backUpState(stateFile: string, file: string, overwrite: boolean): SavedState {
  const target = resolve(file);
  if (target === resolve(stateFile)) throw refusal('FileExists', `${target} is the state itself`);
  if (existsSync(target) && !overwrite) throw refusal('FileExists', `${target} exists already`);
  const saved = withSavedState(stateFile, (db, state) => {
    try {
      copyState(db, target);
    } catch (error) {
      throw storeError(error, `write ${target}`);
    }
    return state;
  });
  if (saved) return saved;
  throw refusal('NoState', `there is no state in ${stateFile} yet`);
}
