import { resolve } from 'node:path';
import { noSource, type SourceKind } from './source-kind.ts';

/** A directory that declares the bots, and the file of their state; absolute paths. */
export interface DirectoryConfig {
  readonly kind: 'directory';
  readonly directory: string;
  readonly stateFile: string;
}

export const directoryKind: SourceKind<DirectoryConfig> = {
  kind: 'directory',
  words: 'a directory',
  flags: [['--state', 'state']],
  chosenBy: [],
  isShared: false,
  backUpAdvice: undefined,
  takes: () => true,
  read({ flags, last, around: { cwd }, stateOf }) {
    const directory = flags.source === undefined ? last?.['directory'] : resolve(cwd, flags.source);
    if (directory === undefined) throw noSource('or start `clawfleet run --source DIRECTORY` here once');
    const stateFile = flags.state ? resolve(cwd, flags.state) : stateOf(directory);
    return { kind: 'directory', directory, stateFile };
  },
  note: ({ directory, stateFile }) => ({ directory, stateFile }),
  // A lock on the state file admits one controller.
  electsLeader: () => false,
  location: ({ directory, stateFile }) => ({ source: directory, state: stateFile }),
  reachAdvice: () => '',
  within: (config) => config,
};
