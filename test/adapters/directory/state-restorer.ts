import { restoreState } from '../../../src/adapters/directory/state/restore-state.ts';

/** A process to be killed: restores a state, and says when it begins to. */
const [stateFile = '', from = ''] = process.argv.slice(2);
process.stdout.write('begins\n', () => {
  void restoreState({ stateFile, from, now: new Date().toISOString() });
});
