import { machineID } from '../../adapters/system/machine-id.ts';
import { systemChance } from '../../adapters/system/system-chance.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import type { DirectoryConfig } from '../../config/sources/directory.ts';
import { soleLeader } from '../../ports/leadership.ts';
import type { PortError } from '../../ports/port-error.ts';
import type { SourceOpener } from './source-opener.ts';

export const directoryOpener: SourceOpener<DirectoryConfig> = {
  kind: 'directory',
  async openReader(config) {
    const { openDirectoryReader } = await import('../../adapters/directory/directory-reader.ts');
    return openDirectoryReader({ ...config, machine: machineID(), clock: systemClock });
  },
  async openEditor(config) {
    const { directoryEditor } = await import('../../adapters/directory/directory-editor.ts');
    return directoryEditor(config);
  },
  async openRun({ directory, stateFile }, { fleetID }, { log }) {
    const { directorySource } = await import('../../adapters/directory/directory-source.ts');
    const source = directorySource({
      ...{ directory, stateFile, machine: machineID(), clock: systemClock, chance: systemChance, log },
      ...(fleetID !== undefined && { fleetID }),
    });
    return {
      ...{ source, leadership: soleLeader, election: undefined },
      replicaKey: () => undefined,
      close: async () => {},
    };
  },
  homeNamespace: async () => 'default',
  owns: (_error): _error is PortError => false,
  nextAfter: () => undefined,
};
