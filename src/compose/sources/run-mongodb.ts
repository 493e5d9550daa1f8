import { connectMongo, type MongoConnection } from '../../adapters/mongodb/client/connect.ts';
import {
  type LeaseDocument,
  type MongoLease,
  MongoLeaseStore,
} from '../../adapters/mongodb/client/mongo-lease-store.ts';
import { swapsAreExact } from '../../adapters/mongodb/client/swap-probe.ts';
import { highestEpoch } from '../../adapters/mongodb/source/ledger/ledger-document.ts';
import { majorityCollection } from '../../adapters/mongodb/source/majority-collection.ts';
import { type FleetDocument, readFleet } from '../../adapters/mongodb/source/mongo-fleet-store.ts';
import { mongodbSource } from '../../adapters/mongodb/source/mongodb-source.ts';
import { systemChance } from '../../adapters/system/system-chance.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import type { MongoDBConfig } from '../../config/sources/mongodb.ts';
import type { Log } from '../../ports/log.ts';
import type { Election, RunSource, RunSourceParts } from '../election.ts';
import { LeaseElection, ownIdentity } from '../lease-election.ts';
import { ReplicaKeyWatch } from '../replica-key-watch.ts';
import { RivalWatch, soleElection } from '../sole-election.ts';

const leaseName = 'clawfleet';
const [clock, chance] = [systemClock, systemChance];

/** The database as a controller's source; always with the lease, whose epoch fences what is written. */
export async function openRunMongoDB(
  config: MongoDBConfig,
  fleetID: string | undefined,
  parts: RunSourceParts,
): Promise<RunSource> {
  const connection = await connectMongo(config);
  try {
    return runSource(config, fleetID, parts, connection, await isExact(config, connection, parts.log));
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function runSource(
  config: MongoDBConfig,
  fleetID: string | undefined,
  { log, cluster, peerAddress }: RunSourceParts,
  connection: MongoConnection,
  exact: boolean,
): RunSource {
  const { db, close: disconnect } = connection;
  const { collections } = config;
  const { election, shown } = electionOn(config, connection, { log, peerAddress, exact });
  cluster.watchLease(leaseName, () => election.msLeft() > 0);
  const source = mongodbSource({
    db,
    collections,
    clock,
    chance,
    log,
    fleetID,
    epoch: () => election.epoch(),
    leadership: election,
    alone: !exact,
  });
  const records = majorityCollection<FleetDocument>(db, collections.ledger);
  const stateNow = async () => (await readFleet(records))?.state;
  const keyWatch =
    peerAddress === undefined ? undefined : new ReplicaKeyWatch({ clock, log, readFleet: stateNow });
  const close = async () => {
    keyWatch?.stop();
    await election.resign();
    await disconnect();
  };
  return { source, leadership: election, election: shown, replicaKey: () => keyWatch?.key, close };
}

interface Elections {
  readonly election: LeaseElection<MongoLease>;
  /** As it shows itself to who runs it. */
  readonly shown: Election;
}

function electionOn(
  { collections }: MongoDBConfig,
  { db }: MongoConnection,
  { log, peerAddress, exact }: Pick<RunSourceParts, 'log' | 'peerAddress'> & { readonly exact: boolean },
): Elections {
  const identity = ownIdentity(peerAddress);
  const leases = db.collection<LeaseDocument>(collections.leases);
  const plain = new MongoLeaseStore({
    leases,
    name: leaseName,
    clock,
    chance,
    highestEpoch: () => highestEpoch(majorityCollection(db, collections.ledger)),
    inexact: !exact,
  });
  const watch = exact ? undefined : new RivalWatch(plain, identity);
  const lease = `${collections.leases}/${leaseName}`;
  const election = new LeaseElection({ store: watch?.store ?? plain, clock, chance, log, lease, identity });
  return { election, shown: watch ? soleElection(election, watch) : election };
}

async function isExact(
  { collections }: MongoDBConfig,
  { db, place }: MongoConnection,
  log: Log,
): Promise<boolean> {
  const exact = await swapsAreExact(db.collection(collections.leases), chance);
  if (exact) return true;
  log.warn(
    { place },
    'this server lets two compare-and-swaps win: run one controller only, and have bots’ documents written by one writer at a time',
  );
  return false;
}
