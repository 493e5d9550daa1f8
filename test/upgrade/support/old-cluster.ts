import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { serversOrSkip } from '../../../scripts/test-servers/servers-or-skip.ts';
import { resourcePath } from '../../../src/adapters/kubernetes/client/resource-path.ts';
import { fleetStateOf } from '../../../src/adapters/kubernetes/source/fleet/fleet-config-map.ts';
import {
  type BotObject,
  botType,
  type ConfigMapObject,
} from '../../../src/adapters/kubernetes/source/objects.ts';
import type { FleetState } from '../../../src/model/fleet-state.ts';
import { type ApiServer, startApiServer } from '../../adapters/kubernetes/support/api-server.ts';
import { printed } from '../../deploy/support/program.ts';
import type { Child } from '../../lab/child.ts';
import { freePort } from '../../lab/free-port.ts';
import { EtcdStore } from '../../lab/kubernetes/etcd-store.ts';
import { temporaryDirectory } from '../../lab/temporary-directory.ts';
import { until } from '../../lab/until.ts';
import type { Checkout } from './checkout.ts';
import { keepFixture } from './fixture.ts';
import { OldCloud } from './old-cloud.ts';
import { apiVersion, fleetID, type OldBot, type OldFleet, patienceMs } from './old-fleet.ts';

const { servers } = await serversOrSkip();
const controllerPath = '/api/v1/namespaces/clawfleet-system';
const fleetPath = `${controllerPath}/configmaps/clawfleet-fleet`;
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/clawfleet-system/leases/clawfleet';

/** Bots in a real cluster that an earlier release looks after, with the lease and a bot API. */
export class OldCluster implements OldFleet {
  readonly cloud: OldCloud;
  readonly #checkout: Checkout;
  readonly #server: ApiServer;
  readonly #controlPlane: string;
  readonly #process: Child;

  static async start(checkout: Checkout): Promise<OldCluster> {
    const server = await startApiServer();
    await kubectl(server, ['apply', '--server-side', '-k', join(checkout.directory, 'deploy', 'kubernetes')]);
    await kubectl(server, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    const cwd = temporaryDirectory('old');
    const cloud = await OldCloud.start(checkout, cwd);
    const controlPlane = `127.0.0.1:${await freePort()}`;
    const process = checkout.start(
      [
        ...['run', '--source', 'kubernetes', '--kubeconfig', server.kubeconfig, '--fleet-id', fleetID],
        ...['--bot-listen', controlPlane, '--peer-listen', '127.0.0.1:0', '--listen', '127.0.0.1:0'],
        ...['--poll-interval', '50ms', '--sweep-interval', '200ms', '--rate-limit', 'off'],
        ...['--control-plane-url', `http://${controlPlane}`, '--log-format', 'json'],
      ],
      { cwd, name: 'run', env: { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: cloud.url } },
    );
    const metrics = await process.says(/"metrics":"([^"]+)"/);
    const readiness = metrics.replace(/metrics$/, 'readyz');
    await until('the controller to be ready', patienceMs, 20, async () => (await fetch(readiness)).ok);
    return new OldCluster({ cloud, checkout, server, controlPlane, process });
  }

  private constructor(parts: {
    readonly cloud: OldCloud;
    readonly checkout: Checkout;
    readonly server: ApiServer;
    readonly controlPlane: string;
    readonly process: Child;
  }) {
    this.cloud = parts.cloud;
    this.#checkout = parts.checkout;
    this.#server = parts.server;
    this.#controlPlane = parts.controlPlane;
    this.#process = parts.process;
  }

  async apply(kind: 'Bot' | 'Account', name: string, spec: object): Promise<void> {
    const object = { apiVersion, kind, metadata: { name, namespace: 'default' }, spec };
    await kubectl(this.#server, ['apply', '--server-side', '-f', '-'], JSON.stringify(object));
  }

  async remove(bot: string): Promise<void> {
    await kubectl(this.#server, ['delete', 'bot', bot, '--wait=false']);
  }

  async bots(): Promise<readonly OldBot[]> {
    const path = resourcePath(botType, { namespace: 'default' });
    return (await this.#server.client.request<{ items: BotObject[] }>('GET', path)).items;
  }

  async state(): Promise<FleetState> {
    return fleetStateOf(await this.#server.client.request<ConfigMapObject>('GET', fleetPath));
  }

  /** Kills the release, and keeps what it left. */
  async keep(path: string): Promise<void> {
    const { client } = this.#server;
    await this.#process.kill();
    const { metadata } = await client.request<BotObject>('GET', '/api/v1/namespaces/kube-system');
    const objects = { ...(await this.#stored('bots')), ...(await this.#stored('accounts')) };
    const own = [await this.#own(fleetPath), await this.#own(leasePath)];
    const files = {
      'definitions.json': json(['bots', 'accounts'].map((kind) => this.#definition(kind))),
      'stored.json': json(objects),
      'own.json': json(own),
      'cloud.jsonl': await this.cloud.end(),
    };
    const places = { CLOUD: this.cloud.url, CONTROL_PLANE: this.#controlPlane, KUBE_SYSTEM: metadata.uid };
    keepFixture(path, files, places);
    // Sealed with the place of this cloud in it, so that only the very text opens.
    const inDoubt = (await this.bots()).find((bot) => bot.metadata.name === 'in-doubt');
    keepFixture(`${path}-sealed`, { 'bot.json': json([inDoubt ?? {}]), 'own.json': json(own) }, {});
  }

  async close(): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** As etcd has them: uids and all. */
  async #stored(plural: string): Promise<Record<string, object>> {
    const etcd = new EtcdStore(this.#server);
    try {
      const all = await etcd.all(`/registry/clawfleet.dev/${plural}/`);
      return Object.fromEntries([...all].map(([key, { value }]) => [key, JSON.parse(value)]));
    } finally {
      await etcd.close();
    }
  }

  /** An object of the controller's own that can be made again. */
  async #own(path: string): Promise<object> {
    const { metadata, ...rest } = await this.#server.client.request<BotObject>('GET', path);
    const { namespace, name } = metadata;
    return { ...rest, metadata: { namespace, name } };
  }

  /** The definition without its prose, which is three quarters of it. */
  #definition(plural: string): object {
    const file = join(this.#checkout.directory, 'crds', `clawfleet.dev_${plural}.yaml`);
    return withoutProse(parse(readFileSync(file, 'utf8')));
  }
}

function withoutProse<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withoutProse) as T;
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(
    ([name, value]) => name !== 'description' || typeof value !== 'string',
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutProse(value)])) as T;
}

/** An entry a line. */
function json(value: object): string {
  const isList = Array.isArray(value);
  const lines = Object.entries(value).map(([key, each]) => {
    return isList ? JSON.stringify(each) : `${JSON.stringify(key)}: ${JSON.stringify(each)}`;
  });
  return isList ? `[\n${lines.join(',\n')}\n]\n` : `{\n${lines.join(',\n')}\n}\n`;
}

function kubectl(server: ApiServer, args: readonly string[], stdin = ''): Promise<string> {
  if (!servers) throw new Error('There are no test servers.');
  return printed(servers.kubectl, args, { env: { KUBECONFIG: server.kubeconfig }, stdin });
}
