import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../test/lab/lab.ts';
import { resolveTestServers } from '../test-servers/resolve.ts';
import type { TestServers } from '../test-servers/test-servers.ts';
import { aimed, type Figure, told } from './figure.ts';
import { apiWrites } from './kubernetes/api-requests.ts';
import { atRest } from './kubernetes/at-rest.ts';
import { ClusterFleet } from './kubernetes/cluster-fleet.ts';
import { type ColdStart, coldStart } from './kubernetes/cold-start.ts';
import { confirmCreated } from './kubernetes/confirm-created.ts';
import { creationFigures } from './kubernetes/creation-figures.ts';
import { type CreationRun, creationRun } from './kubernetes/creation-run.ts';
import { pacedLatency } from './kubernetes/paced-latency.ts';
import { median, percentile } from './percentile.ts';

/** How much is measured. */
export interface KubernetesSizes {
  /** Created at once, in each of `runs` runs. */
  readonly bots: number;
  readonly runs: number;
  /** Created one by one. */
  readonly paced: number;
  readonly largeFleet: number;
  readonly settleSeconds: number;
  readonly restSeconds: number;
  readonly starts: number;
}

const sizes: KubernetesSizes = {
  bots: 1_000,
  runs: 3,
  paced: 200,
  largeFleet: 10_000,
  settleSeconds: 20,
  restSeconds: 120,
  starts: 3,
};

/** Bots in a real kube-apiserver. Throws a MissingServersError where there is none. */
export async function kubernetes(lab: Lab, asked: KubernetesSizes = sizes): Promise<Figure[]> {
  const servers = await resolveTestServers();
  const runs: CreationRun[] = [];
  for (let run = 1; run <= asked.runs; run += 1) {
    lab.say(`kubernetes: ${asked.bots} bots, run ${run} of ${asked.runs}`);
    runs.push(await creationRun(lab, servers, asked.bots));
  }
  return [...creationFigures(runs, asked.bots), ...(await largeFleetFigures(lab, servers, asked))];
}

async function largeFleetFigures(lab: Lab, servers: TestServers, asked: KubernetesSizes): Promise<Figure[]> {
  const fleet = await ClusterFleet.start(lab, servers);
  const latency = await latencyFigures(lab, fleet, asked);
  lab.say(`kubernetes: ${asked.largeFleet} bots`);
  await fleet.plant(asked.largeFleet - fleet.size);
  await fleet.ready();
  await confirmCreated(fleet);
  const starts = await startFigures(lab, fleet, asked);
  const rest = await restFigures(lab, fleet, asked);
  await fleet.end();
  return [...latency, ...starts, ...rest];
}

/** Beside as many bots as there will be once more. */
async function latencyFigures(lab: Lab, fleet: ClusterFleet, { paced }: KubernetesSizes): Promise<Figure[]> {
  lab.say(`kubernetes: ${paced} bots, one by one`);
  await fleet.grow(paced);
  await fleet.ready();
  const times = await pacedLatency(fleet, paced);
  const what = 'accepted to first cloud call, the stored attempt included';
  return [
    aimed('kubernetes.latency.p50', percentile(times, 50), 'ms', 5, what),
    aimed('kubernetes.latency.p99', percentile(times, 99), 'ms', 25, what),
  ];
}

async function startFigures(
  lab: Lab,
  fleet: ClusterFleet,
  { starts, largeFleet }: KubernetesSizes,
): Promise<Figure[]> {
  const mutations = await fleet.simulator.mutations();
  const writes = await apiWrites(fleet.cluster, 'bots', 'accounts');
  const times: ColdStart[] = [];
  for (let start = 1; start <= starts; start += 1) {
    lab.say(`kubernetes: start ${start} of ${starts}`);
    await fleet.restart();
    times.push(await coldStart(fleet));
  }
  const what = `process start to ${largeFleet} bots reconciled`;
  const [changed, written] = [
    (await fleet.simulator.mutations()) - mutations,
    (await apiWrites(fleet.cluster, 'bots', 'accounts')) - writes,
  ];
  return [
    aimed('kubernetes.startSeconds', median(times.map(({ seconds }) => seconds)), 's', 5, what),
    told(
      'kubernetes.startCPU',
      median(times.map(({ cpuSeconds }) => cpuSeconds)),
      's',
      'of the controller until then',
    ),
    aimed('kubernetes.startMutations', changed, 'calls', 0, `that change a droplet, in ${starts} starts`),
    aimed('kubernetes.startWrites', written, 'writes', 0, `of any Bot or Account, in ${starts} starts`),
  ];
}

async function restFigures(lab: Lab, fleet: ClusterFleet, asked: KubernetesSizes): Promise<Figure[]> {
  const { largeFleet, settleSeconds, restSeconds } = asked;
  await sleep(settleSeconds * 1_000);
  lab.say(`kubernetes: ${restSeconds} s at rest`);
  const rest = await atRest(fleet, restSeconds);
  const which = `${largeFleet} bots at rest`;
  return [
    aimed('kubernetes.rss', rest.residentMB, 'MB', 200, `resident, ${which}; median`),
    aimed('kubernetes.idleCPU', rest.cpuPercent, '%', 2, `of a core, ${which}`),
    aimed(
      'kubernetes.idleRequests',
      rest.requestsPerKindAndMinute,
      'calls',
      1,
      'a kind and minute, but for the lease',
    ),
    aimed('kubernetes.idleMutations', rest.mutations, 'calls', 0, 'that change a droplet'),
  ];
}
