import type { FleetState } from '../../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import type { AccountStatus } from '../../../model/spec/account-spec.ts';
import type { BotStatus } from '../../../model/spec/bot-status.ts';
import type { SecretKeyRef } from '../../../model/spec/llm-spec.ts';
import { PortError } from '../../../ports/port-error.ts';
import type { BotEvent, FleetRecord, Source, SourceHealth, SourceListener } from '../../../ports/source.ts';
import { LiveMongoDB } from './live-mongodb.ts';
import type { MongoDBOptions } from './mongodb-options.ts';

/** Bots declared as documents of a MongoDB database, which also keeps their state. */
export function mongodbSource(options: MongoDBOptions): Source {
  let live: LiveMongoDB | undefined;
  const started = (): LiveMongoDB => {
    if (live) return live;
    throw new PortError({ kind: 'unavailable' }, 'the MongoDB source is not started');
  };
  return {
    kind: 'mongodb',
    async start(listener: SourceListener) {
      live = await LiveMongoDB.open(options, listener);
      listener.fleetChanged();
      await live.start();
    },
    stop: async () => live?.stop(),
    health: (): SourceHealth => started().health(),
    fleet: (): FleetRecord => started().fleet.record(),
    saveFleet: (state: FleetState, version: string) => started().fleet.save(state, version),
    bots: (): Iterable<BotRecord> => started().bots.keeper.records.values(),
    bot: (key: ResourceKey) => started().bots.keeper.records.get(key),
    accounts: (): Iterable<AccountRecord> => started().accounts.keeper.records.values(),
    account: (key: ResourceKey) => started().accounts.keeper.records.get(key),
    // The record in the ledger is the finalizer: every record in memory is held already.
    addFinalizer: async (record: BotRecord) => started().bots.keeper.present(record),
    addFinalizerWith: (record: BotRecord, status: BotStatus) =>
      started().bots.keeper.writeStatus(record, status),
    writeStatus: (record: BotRecord, status: BotStatus) => started().bots.keeper.writeStatus(record, status),
    writeAccountStatus: (record: AccountRecord, status: AccountStatus) =>
      started().accounts.keeper.writeStatus(record, status),
    removeFinalizer: (record: BotRecord) => started().bots.release(record),
    secret: async (namespace: string, ref: SecretKeyRef) => noSecrets(namespace, ref),
    recordEvent: (event: BotEvent) => live?.events.record(event),
  };
}

/** A database of documents holds no Secrets: whoever may read it would read them too. Says what to do instead. */
function noSecrets(namespace: string, { name }: SecretKeyRef): never {
  throw new PortError(
    { kind: 'absent' },
    `Secret ${namespace}/${name} cannot be there: MongoDB holds no Secrets. A language model’s key goes into ` +
      'llm.apiKey.encrypted, made by `clawfleet encrypt`; an account’s own token is for other sources',
  );
}
