import { resolve } from 'node:path';
import type { FleetState } from '../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { AccountStatus } from '../../model/spec/account-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { SecretKeyRef } from '../../model/spec/llm-spec.ts';
import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Log, silentLog } from '../../ports/log.ts';
import { PortError } from '../../ports/port-error.ts';
import type { BotEvent, FleetRecord, Source, SourceHealth, SourceListener } from '../../ports/source.ts';
import { secretValue } from './files/declared-secrets.ts';
import { LiveDirectory } from './live-directory.ts';
import type { Synchronous } from './state/open-database.ts';

export interface DirectoryOptions {
  /** Where the manifests are: files below it named *.yaml, *.yml or *.json. */
  readonly directory: string;
  /** SQLite file, made when absent. */
  readonly stateFile: string;
  /** Id of the machine, the same at every start and on no other one; absent where nothing is. */
  readonly machine?: string | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Id for a new fleet, and that a present one must have. Default: made by chance, and any. */
  readonly fleetID?: string;
  readonly log?: Log;
  /** False: changes are found by `rescan` alone, and no timer runs but for what the controller itself writes. */
  readonly watch?: boolean;
  /** Between regular looks at all files, in ms. Default 30,000. */
  readonly rescanMs?: number;
  /** OFF only for tests: a crash of the machine may then lose commits. */
  readonly synchronous?: Synchronous;
}

export interface DirectorySource extends Source {
  /** Reads every file now, trusting no time stamp, and the fleet's record; resolves once all of it is taken in. */
  rescan(): Promise<void>;
  /** Ends as a killed process does: nothing more is stored, no promise under way settles. For tests. */
  abandon(): void;
}

/** Bots declared in the files of a directory, their state in an SQLite file beside or elsewhere. */
export function directorySource(options: DirectoryOptions): DirectorySource {
  let live: LiveDirectory | undefined;
  const started = (): LiveDirectory => {
    if (live) return live;
    throw new PortError({ kind: 'unavailable' }, 'the directory source is not started');
  };
  return {
    kind: 'directory',
    async start(listener: SourceListener) {
      live = new LiveDirectory(
        {
          ...options,
          directory: resolve(options.directory),
          stateFile: resolve(options.stateFile),
          machine: options.machine,
          fleetID: options.fleetID,
          log: options.log ?? silentLog,
          watch: options.watch ?? true,
          rescanMs: options.rescanMs ?? 30_000,
          synchronous: options.synchronous ?? 'FULL',
        },
        listener,
      );
      listener.fleetChanged();
      await live.start();
    },
    stop: async () => live?.stop(),
    rescan: () => started().rescan(),
    abandon: () => live?.abandon(),
    health: (): SourceHealth => started().health(),
    fleet: (): FleetRecord => started().fleet.record(),
    saveFleet: (state: FleetState, version: string) => started().fleet.save(state, version),
    bots: (): Iterable<BotRecord> => started().book.bots.values(),
    bot: (key: ResourceKey) => started().book.bots.get(key),
    accounts: (): Iterable<AccountRecord> => started().book.accounts.values(),
    account: (key: ResourceKey) => started().book.accounts.get(key),
    addFinalizer: async (record: BotRecord) => started().held(record),
    addFinalizerWith: (record: BotRecord, status: BotStatus) => started().writer.writeBot(record, status),
    writeStatus: (record: BotRecord, status: BotStatus) => started().writer.writeBot(record, status),
    writeAccountStatus: (record: AccountRecord, status: AccountStatus) =>
      started().writer.writeAccount(record, status),
    removeFinalizer: (record: BotRecord) => started().release(record),
    secret: async (namespace: string, ref: SecretKeyRef) =>
      secretValue(started().declarations, namespace, ref),
    recordEvent: (event: BotEvent) => live?.store.events.record(event),
  };
}
