import { join } from 'node:path';
import { openDirectoryReader } from '../../../src/adapters/directory/directory-reader.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { Condition } from '../../../src/model/spec/condition.ts';
import { directorySource } from '../../../test/lab/controller-process.ts';
import { replaceBot, writeAccount, writeBot } from '../../../test/lab/fleet-files.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import type { DeclaredPlace } from './declared-place.ts';

/** A file for each bot. */
export function directoryPlace(lab: Lab): DeclaredPlace {
  const directory = lab.directory('bots');
  const stateFile = join(lab.directory('state'), 'state.db');
  writeAccount(directory);
  return {
    name: 'directory',
    unit: 'files',
    source: directorySource(directory, stateFile),
    env: {},
    declare: (names) => {
      for (const name of names) writeBot(directory, name);
    },
    edit: (name, spec) => replaceBot(directory, name, spec),
    async ready() {
      const reader = openDirectoryReader({ directory, stateFile, clock: systemClock });
      const bots = reader.bots();
      reader.close();
      return bots.filter(({ status }) => status.conditions?.some(isReady)).length;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function isReady({ type, status }: Condition): boolean {
  return type === 'Ready' && status === 'True';
}
