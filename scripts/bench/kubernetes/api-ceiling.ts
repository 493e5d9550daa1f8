import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiObject } from '../../../test/lab/api-calls.ts';
import { botManifest, botNames } from '../../../test/lab/fleet-files.ts';
import { botsPath, type ClusterFleet } from './cluster-fleet.ts';
import { CpuMeter } from './cpu-meter.ts';

const namespace = 'ceiling';
/** Of the status: the answer to the attempt, the droplet's being active. */
const statusWrites = 2;
/** Measured one by one, with a rest before each. */
const firstWrites = 50;
const restMs = 40;

/** What the API server can do by itself on this machine, while nobody watches. */
export interface ApiCeiling {
  /** For the creates alone. */
  readonly createSeconds: number;
  /** For the creates and all that a bot's life then takes: its finalizer with the attempt, and twice its status. */
  readonly seconds: number;
  /** CPU seconds of kube-apiserver and etcd. */
  readonly cpuSeconds: number;
  /** For finalizer and attempt of one bot, in one write, while nothing else is going on; ms each. */
  readonly firstWritesMs: readonly number[];
}

/** The writes of `count` bots by the same clients, without the controller, which has ended. */
export async function apiCeiling(fleet: ClusterFleet, count: number): Promise<ApiCeiling> {
  const { calls } = fleet.cluster;
  const [model] = (await fleet.bots()).items;
  if (!model) throw new Error('there is no bot to take for a model');
  await calls.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  const { apiserver, etcd } = fleet.pids();
  const cpu = new CpuMeter({ apiserver, etcd });
  const begunAt = performance.now();
  await calls.each(botNames(0, count), async (name) => {
    await calls.send({ method: 'POST', path: botsPath(namespace), body: botManifest(name, {}) });
  });
  const createSeconds = secondsSince(begunAt);
  await calls.each(botNames(0, count), (name) => live(fleet, name, model));
  const seconds = secondsSince(begunAt);
  const used = cpu.used();
  const firstWritesMs: number[] = [];
  for (const name of botNames(count, firstWrites)) firstWritesMs.push(await firstWriteMs(fleet, name, model));
  return { createSeconds, seconds, cpuSeconds: used.apiserver + used.etcd, firstWritesMs };
}

async function firstWriteMs(fleet: ClusterFleet, name: string, model: ApiObject): Promise<number> {
  const { calls } = fleet.cluster;
  await calls.send({ method: 'POST', path: botsPath(namespace), body: botManifest(name, {}) });
  await sleep(restMs);
  const begunAt = performance.now();
  await hold(fleet, name, model);
  return performance.now() - begunAt;
}

async function live(fleet: ClusterFleet, name: string, model: ApiObject): Promise<void> {
  const path = `${botsPath(namespace)}/${name}/status`;
  let { metadata } = await hold(fleet, name, model);
  for (let write = 1; write <= statusWrites; write += 1) {
    const status = { ...model.status, observedGeneration: write };
    const body = { ...botManifest(name, {}), metadata, status };
    ({ metadata } = await fleet.cluster.calls.send({ method: 'PUT', path, body }));
  }
}

/** With the annotation that the model's attempt was stored in. */
function hold({ cluster: { calls } }: ClusterFleet, name: string, model: ApiObject): Promise<ApiObject> {
  const metadata = { finalizers: ['clawfleet.dev/bench'], annotations: model.metadata.annotations };
  return calls.send({ method: 'PATCH', path: `${botsPath(namespace)}/${name}`, body: { metadata } });
}

function secondsSince(begunAt: number): number {
  return (performance.now() - begunAt) / 1_000;
}
