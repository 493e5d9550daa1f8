import { instantSettings } from '../../../src/adapters/simulator/settings.ts';
import type { ApiObject } from '../../../test/lab/api-calls.ts';
import { ControllerProcess } from '../../../test/lab/controller-process.ts';
import { accountManifest, botManifest, botNames } from '../../../test/lab/fleet-files.ts';
import { Cluster } from '../../../test/lab/kubernetes/cluster.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { SimulatorProcess } from '../../../test/lab/simulator-process.ts';
import { until } from '../../../test/lab/until.ts';
import type { TestServers } from '../../test-servers/test-servers.ts';
import { watching } from '../converge.ts';
import { bootMs, clients, plantBots } from './plant-bots.ts';

/** How often the controller is asked whether all are Ready: a scrape takes it a millisecond of CPU. */
const everyMs = 100;
const settings = { ...instantSettings, bootMs };
const flags = ['--rate-limit', 'off', '--max-concurrent-creates', '1000', '--poll-interval', '500ms'];
const group = '/apis/clawfleet.dev/v1alpha1';

export function botsPath(namespace: string): string {
  return `${group}/namespaces/${namespace}/bots`;
}

/** What the API server answered to a create, and when, by performance.now(). */
export interface Accepted {
  readonly uid: string;
  readonly at: number;
}

/** A cluster, a simulated cloud that boots in a second and limits nothing, and a controller on both. */
export class ClusterFleet {
  readonly cluster: Cluster;
  readonly simulator: SimulatorProcess;
  readonly #lab: Lab;
  #controller: ControllerProcess;
  /** Bots created so far. */
  #count = 0;

  private constructor(
    lab: Lab,
    cluster: Cluster,
    simulator: SimulatorProcess,
    controller: ControllerProcess,
  ) {
    this.#lab = lab;
    this.cluster = cluster;
    this.simulator = simulator;
    this.#controller = controller;
  }

  static async start(lab: Lab, servers: TestServers): Promise<ClusterFleet> {
    const cluster = await Cluster.start(lab, servers, clients);
    const simulator = await SimulatorProcess.start(lab, { settings });
    await cluster.calls.send({
      method: 'POST',
      path: `${group}/namespaces/default/accounts`,
      body: accountManifest,
    });
    const { source } = cluster;
    const controller = ControllerProcess.start(lab, { source, apiURL: simulator.url, flags });
    await watching(controller);
    return new ClusterFleet(lab, cluster, simulator, controller);
  }

  get controller(): ControllerProcess {
    return this.#controller;
  }

  get size(): number {
    return this.#count;
  }

  /** Creates so many more bots, 16 at a time. */
  async grow(count: number): Promise<Accepted[]> {
    const accepted: Accepted[] = [];
    const names = botNames(this.#count, count);
    await this.cluster.calls.each(names, async (name) => void accepted.push(await this.#create(name)));
    this.#count += count;
    return accepted;
  }

  async createOne(): Promise<Accepted> {
    const [name = ''] = botNames(this.#count, 1);
    this.#count += 1;
    return this.#create(name);
  }

  /** Resolves when all bots are Ready, by what the controller tells. */
  async ready(): Promise<void> {
    await until(`${this.#count} Ready bots`, 300_000, everyMs, async () => {
      const page = await this.#controller.metrics();
      return page.sum('clawfleet_bots_ready') === this.#count;
    });
  }

  bots(): Promise<{ readonly items: readonly ApiObject[] }> {
    return this.cluster.calls.send({ method: 'GET', path: `${group}/bots` });
  }

  /** Adds converged bots while the controller is down, and starts another one. There must be a converged bot. */
  async plant(count: number): Promise<ControllerProcess> {
    await this.#controller.child.end();
    const [model = ''] = botNames(0, 1);
    await plantBots(this.cluster, this.simulator, model, this.#count, count);
    this.#count += count;
    return this.restart();
  }

  /** Ends the controller, if it runs, and starts another one. */
  async restart(): Promise<ControllerProcess> {
    await this.#controller.child.end();
    const { source } = this.cluster;
    this.#controller = ControllerProcess.start(this.#lab, { source, apiURL: this.simulator.url, flags });
    return this.#controller;
  }

  /** Every process of it. */
  pids(): Readonly<Record<'controller' | 'apiserver' | 'etcd' | 'simulator', number>> {
    const { apiserver, etcd } = this.cluster.api;
    return {
      controller: this.#controller.child.pid,
      apiserver: apiserver.pid ?? Number.NaN,
      etcd: etcd.pid ?? Number.NaN,
      simulator: this.simulator.child.pid,
    };
  }

  async end(): Promise<void> {
    await this.#controller.child.end();
    await this.simulator.child.end();
    await this.cluster.end();
  }

  async #create(name: string): Promise<Accepted> {
    const call = { method: 'POST', path: botsPath('default'), body: botManifest(name, {}) } as const;
    const { metadata } = await this.cluster.calls.send(call);
    return { uid: metadata.uid, at: performance.now() };
  }
}
