import { setTimeout as sleep } from 'node:timers/promises';
import { botManifest, botNames } from '../../lab/fleet-files.ts';
import { botsPath, type ClusterFleet } from './cluster-fleet.ts';
import { CpuMeter } from './cpu-meter.ts';

const namespace = 'ceiling';
/** Of the status: the attempt, its answer, the droplet's being active. */
const statusWrites = 3;
/** Measured one by one, with a rest before each. */
const pairs = 50;
const restMs = 40;

/** What the API server can do by itself on this machine, while nobody watches. */
export interface ApiCeiling {
  /** For the creates alone. */
  readonly createSeconds: number;
  /** For the creates and all that a bot's life then takes: its finalizer and three times its status. */
  readonly seconds: number;
  /** CPU seconds of kube-apiserver and etcd. */
  readonly cpuSeconds: number;
  /** For finalizer and attempt of one bot, one after the other, while nothing else is going on; ms each. */
  readonly pairsMs: readonly number[];
}

/** The writes of `count` bots by the same clients, without the controller, which has ended. */
export async function apiCeiling(fleet: ClusterFleet, count: number): Promise<ApiCeiling> {
  const { calls } = fleet.cluster;
  const status = (await fleet.bots()).items[0]?.status;
  await calls.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  const { apiserver, etcd } = fleet.pids();
  const cpu = new CpuMeter({ apiserver, etcd });
  const begunAt = performance.now();
  await calls.each(botNames(0, count), async (name) => {
    await calls.send({ method: 'POST', path: botsPath(namespace), body: botManifest(name, {}) });
  });
  const createSeconds = secondsSince(begunAt);
  await calls.each(botNames(0, count), (name) => live(fleet, name, status, statusWrites));
  const seconds = secondsSince(begunAt);
  const used = cpu.used();
  const pairsMs: number[] = [];
  for (const name of botNames(count, pairs)) pairsMs.push(await pairMs(fleet, name, status));
  return { createSeconds, seconds, cpuSeconds: used.apiserver + used.etcd, pairsMs };
}

async function pairMs(fleet: ClusterFleet, name: string, status: object | undefined): Promise<number> {
  const { calls } = fleet.cluster;
  await calls.send({ method: 'POST', path: botsPath(namespace), body: botManifest(name, {}) });
  await sleep(restMs);
  const begunAt = performance.now();
  await live(fleet, name, status, 1);
  return performance.now() - begunAt;
}

async function live(
  { cluster: { calls } }: ClusterFleet,
  name: string,
  status: object | undefined,
  writes: number,
): Promise<void> {
  const path = `${botsPath(namespace)}/${name}`;
  const finalizers = ['clawfleet.dev/bench'];
  let { metadata } = await calls.send({ method: 'PATCH', path, body: { metadata: { finalizers } } });
  for (let write = 1; write <= writes; write += 1) {
    const body = { ...botManifest(name, {}), metadata, status: { ...status, observedGeneration: write } };
    ({ metadata } = await calls.send({ method: 'PUT', path: `${path}/status`, body }));
  }
}

function secondsSince(begunAt: number): number {
  return (performance.now() - begunAt) / 1_000;
}
