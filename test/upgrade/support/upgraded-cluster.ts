import type { KubeObject } from '../../../src/adapters/kubernetes/client/kube-object.ts';
import {
  FirstStatuses,
  firstStatusAnnotation,
} from '../../../src/adapters/kubernetes/source/cache/first-status.ts';
import { fleetStateOf } from '../../../src/adapters/kubernetes/source/fleet/fleet-config-map.ts';
import type { BotObject, ConfigMapObject } from '../../../src/adapters/kubernetes/source/objects.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { startApiServer } from '../../adapters/kubernetes/support/api-server.ts';
import { FleetOnCluster } from '../../adapters/kubernetes/support/fleet-on-cluster.ts';
import type { Running } from '../../cli/clawfleet.ts';
import { freePort } from '../../lab/free-port.ts';
import { EtcdStore } from '../../lab/kubernetes/etcd-store.ts';
import { Fixture } from './fixture.ts';
import type { Places } from './fixture-text.ts';
import type { KeptBot } from './kept-bot.ts';
import { KeptCloud } from './kept-cloud.ts';

const botsPrefix = '/registry/clawfleet.dev/bots/';

/** A cluster with the objects that an earlier release stored, under today's definitions. */
export class UpgradedCluster {
  readonly fleet: FleetOnCluster;
  readonly cloud: KeptCloud;
  readonly #etcd: EtcdStore;
  readonly #controlPlane: string;

  static async open(path: string): Promise<UpgradedCluster> {
    const fixture = new Fixture(path);
    const controlPlane = `127.0.0.1:${await freePort()}`;
    const cloud = await KeptCloud.open(fixture.text('cloud.jsonl', { CONTROL_PLANE: controlPlane }));
    const fleet = await FleetOnCluster.on(await startApiServer(), cloud);
    const upgraded = new UpgradedCluster(fleet, cloud, controlPlane);
    await upgraded.#restore(fixture);
    return upgraded;
  }

  private constructor(fleet: FleetOnCluster, cloud: KeptCloud, controlPlane: string) {
    this.fleet = fleet;
    this.cloud = cloud;
    this.#etcd = new EtcdStore(fleet.server);
    this.#controlPlane = controlPlane;
  }

  /** Today's controller, with the lease and a bot API. */
  run(): Running {
    return this.fleet.runServing(
      ...['--bot-listen', this.#controlPlane, '--peer-listen', '127.0.0.1:0'],
      ...['--control-plane-url', `http://${this.#controlPlane}`],
    );
  }

  async bots(): Promise<readonly KeptBot[]> {
    const all = await this.#etcd.all(botsPrefix);
    return [...all.values()].map(({ value, writes }) => {
      const { metadata, status = {} } = JSON.parse(value) as BotObject;
      return { name: metadata.name, uid: metadata.uid, status, writes };
    });
  }

  /** What was ever written: how often, by the key in etcd. */
  async writes(): Promise<Readonly<Record<string, number>>> {
    const ours = await this.#etcd.all('/registry/clawfleet.dev/');
    const record = await this.#etcd.all('/registry/configmaps/clawfleet-system/');
    return Object.fromEntries([...ours, ...record].map(([key, { writes }]) => [key, writes]));
  }

  async close(): Promise<void> {
    await this.#etcd.close();
    await this.fleet.close();
  }

  /** First what the release had, its definitions too; then today's are applied over them, as an upgrade does. */
  async #restore(fixture: Fixture): Promise<void> {
    const { client } = this.fleet.server;
    const { metadata } = await client.request<KubeObject>('GET', '/api/v1/namespaces/kube-system');
    const places = { CLOUD: this.cloud.url, CONTROL_PLANE: this.#controlPlane, KUBE_SYSTEM: metadata.uid };
    const own = JSON.parse(fixture.text('own.json', places)) as KubeObject[];
    await this.#apply(JSON.parse(fixture.text('definitions.json')) as object[]);
    await this.#apply(own);
    await this.#etcd.put(storedObjects(fixture, places, own));
    await this.fleet.kubectl(['apply', '--server-side', '-k', 'deploy/kubernetes']);
    await this.fleet.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  }

  async #apply(items: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await this.fleet.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], list);
  }
}

function storedObjects(fixture: Fixture, places: Places, own: readonly KubeObject[]): Map<string, string> {
  const stored = JSON.parse(fixture.text('stored.json', places)) as Record<string, BotObject>;
  const fleet = fleetStateOf(own.find(({ kind }) => kind === 'ConfigMap') as ConfigMapObject);
  const seals = new FirstStatuses({ fleet: () => fleet, clock: systemClock, log: silentLog });
  const entries = Object.entries(stored).map(([key, object]) => [key, resealed(object, seals)] as const);
  return new Map(entries.map(([key, object]) => [key, JSON.stringify(object)]));
}

/** A first status is sealed with its time, which has been moved. That today's code opens the old seal is tested apart. */
function resealed(object: BotObject, seals: FirstStatuses): BotObject {
  const { metadata } = object;
  const text = metadata.annotations?.[firstStatusAnnotation];
  if (text === undefined) return object;
  const { status } = JSON.parse(text);
  const annotations = {
    ...metadata.annotations,
    [firstStatusAnnotation]: seals.sealed(metadata.uid, status),
  };
  return { ...object, metadata: { ...metadata, annotations } } as BotObject;
}
