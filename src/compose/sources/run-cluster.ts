import { hostname } from 'node:os';
import type { KubeAPI } from '../../adapters/kubernetes/client/kube-api.ts';
import { type KubeLease, KubeLeaseStore } from '../../adapters/kubernetes/client/lease/kube-lease-store.ts';
import { fleetStateOf } from '../../adapters/kubernetes/source/fleet/fleet-config-map.ts';
import { readRecord } from '../../adapters/kubernetes/source/fleet/fleet-record-store.ts';
import { kubernetesSource } from '../../adapters/kubernetes/source/kubernetes-source.ts';
import { fencedClient } from '../../adapters/kubernetes/source/write/fenced-client.ts';
import { systemChance } from '../../adapters/system/system-chance.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import type { RunConfig } from '../../config/run-config.ts';
import type { KubernetesConfig } from '../../config/sources/kubernetes.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import { soleLeader } from '../../ports/leadership.ts';
import type { RunSource, RunSourceParts } from '../election.ts';
import { LeaseElection, ownIdentity } from '../lease-election.ts';
import { ReplicaKeyWatch } from '../replica-key-watch.ts';
import { connectCluster } from './connect-cluster.ts';

const leaseName = 'clawfleet';

/** The cluster as a controller's source; with the lease, unless --no-leader-elect says that there is no other controller. */
export async function openRunCluster(
  config: KubernetesConfig,
  { leaderElect, fleetID }: Pick<RunConfig, 'leaderElect' | 'fleetID'>,
  { log, cluster, peerAddress }: RunSourceParts,
): Promise<RunSource> {
  const { client, controllerNamespace: namespace } = await connectCluster(config, log, cluster);
  const election = leaderElect ? electionIn(client, namespace, log, peerAddress) : undefined;
  const leadership = election ?? soleLeader;
  if (election) cluster.watchLease(leaseName, () => leadership.msLeft() > 0);
  const source = kubernetesSource({
    client: fencedClient(client, leadership),
    clock: systemClock,
    chance: systemChance,
    log,
    namespace,
    namespaces: config.namespaces,
    fleetID,
    instance: hostname(),
  });
  const keyWatch =
    peerAddress === undefined
      ? undefined
      : new ReplicaKeyWatch({ clock: systemClock, log, readFleet: () => fleetIn(client, namespace) });
  const close = async () => {
    keyWatch?.stop();
    await election?.resign();
    await client.close();
  };
  return { source, leadership, election, replicaKey: () => keyWatch?.key, close };
}

async function fleetIn(client: KubeAPI, namespace: string): Promise<FleetState | undefined> {
  const record = await readRecord({ client, namespace });
  return record && fleetStateOf(record);
}

function electionIn(
  client: KubeAPI,
  namespace: string,
  log: RunSourceParts['log'],
  peerAddress: string | undefined,
): LeaseElection<KubeLease> {
  const store = new KubeLeaseStore({ client, namespace, name: leaseName });
  const lease = `${namespace}/${leaseName}`;
  const identity = ownIdentity(peerAddress);
  return new LeaseElection({ store, clock: systemClock, chance: systemChance, log, lease, identity });
}
