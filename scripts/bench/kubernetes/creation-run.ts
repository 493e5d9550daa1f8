import type { Lab } from '../../../test/lab/lab.ts';
import type { TestServers } from '../../test-servers/test-servers.ts';
import { percentile } from '../percentile.ts';
import { type ApiCeiling, apiCeiling } from './api-ceiling.ts';
import { apiWrites } from './api-requests.ts';
import { ClusterFleet } from './cluster-fleet.ts';
import { confirmCreated } from './confirm-created.ts';
import { CpuMeter } from './cpu-meter.ts';
import { firstCallMs, lastSeq } from './first-calls.ts';

export interface CreationRun {
  /** From the first create to the answer to the last one. */
  readonly createSeconds: number;
  /** From the answer to the last create until all are DropletReady. */
  readonly readySeconds: number;
  /** All but lists. */
  readonly cloudCalls: number;
  readonly lists: number;
  /** Of Bots. */
  readonly apiWrites: number;
  readonly accountWrites: number;
  readonly firstCallP50: number;
  readonly firstCallP99: number;
  readonly cpu: Readonly<Record<'controller' | 'apiserver' | 'etcd' | 'simulator' | 'load', number>>;
  readonly ceiling: ApiCeiling;
}

/** `bots` bots, created as fast as 16 clients can, on a cluster of their own. */
export async function creationRun(lab: Lab, servers: TestServers, bots: number): Promise<CreationRun> {
  const fleet = await ClusterFleet.start(lab, servers);
  const { simulator } = fleet;
  const [seq, calls, lists] = [await lastSeq(simulator), await simulator.calls(), await listsOf(fleet)];
  const writes = await apiWrites(fleet.cluster, 'bots');
  const accountWrites = await apiWrites(fleet.cluster, 'accounts');
  const cpu = new CpuMeter(fleet.pids());
  const begunAt = performance.now();
  const accepted = await fleet.grow(bots);
  const createdAt = performance.now();
  await fleet.ready();
  const readyAt = performance.now();
  const used = cpu.used();
  await confirmCreated(fleet);
  const times = await firstCallMs(simulator, accepted, seq);
  const listed = (await listsOf(fleet)) - lists;
  const run = {
    createSeconds: (createdAt - begunAt) / 1_000,
    readySeconds: (readyAt - createdAt) / 1_000,
    cloudCalls: (await simulator.calls()) - calls - listed,
    lists: listed,
    apiWrites: (await apiWrites(fleet.cluster, 'bots')) - writes,
    accountWrites: (await apiWrites(fleet.cluster, 'accounts')) - accountWrites,
    firstCallP50: percentile(times, 50),
    firstCallP99: percentile(times, 99),
    cpu: used,
  };
  await fleet.controller.child.end();
  const ceiling = await apiCeiling(fleet, bots);
  await fleet.end();
  return { ...run, ceiling };
}

function listsOf({ simulator }: ClusterFleet): Promise<number> {
  return simulator.calls('GET /v2/droplets');
}
