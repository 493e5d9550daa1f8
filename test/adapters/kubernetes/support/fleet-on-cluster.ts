import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serversOrSkip } from '../../../../scripts/test-servers/servers-or-skip.ts';
import { serveSimulator } from '../../../../src/adapters/simulator/serve-simulator.ts';
import { instantSettings, type Settings } from '../../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../../src/adapters/simulator/simulator.ts';
import type { DropletView } from '../../../../src/adapters/simulator/world/droplet-view.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { newDirectory, type Outcome, type Running, start } from '../../../cli/clawfleet.ts';
import { type Ended, ended, printed } from '../../../deploy/support/program.ts';
import { kubeconfigOf } from '../../../lab/kubernetes/kubeconfig.ts';
import { TcpProxy } from '../../../lab/tcp-proxy.ts';
import { type ApiServer, type ApiServerOptions, startApiServer } from './api-server.ts';

const { servers } = await serversOrSkip();

/** Quick, and with the settling window that goes with it: for tests in which there is one controller only. */
export const alone = ['--no-leader-elect', '--settling-window', '2s'] as const;

/** Served at `url`. */
export interface SimulatedCloud {
  readonly simulator: Simulator;
  readonly url: string;
  close(): Promise<void>;
}

/** A cluster with everything of deploy/kubernetes applied, a simulated cloud, and the real commands on both. */
export class FleetOnCluster {
  readonly server: ApiServer;
  readonly simulator: Simulator;
  readonly directory = newDirectory();
  /** Of the simulated cloud. */
  apiURL: string;
  /** What commands started from now on have in their environment besides. */
  environment: Readonly<Record<string, string>> = {};
  readonly #closeCloud: () => Promise<void>;
  readonly #running: Running[] = [];
  readonly #ends = new AsyncDisposableStack();
  #token = '';
  /** Kubeconfig with the rights of the controller's service account. */
  controllerConfig = '';

  static async open(
    settings: Partial<Settings> = {},
    options: ApiServerOptions = {},
  ): Promise<FleetOnCluster> {
    const server = await startApiServer(options);
    const simulator = new Simulator({
      clock: systemClock,
      chance: seededChance(1),
      settings: { ...instantSettings, bootMs: 50, actionMs: 20, ...settings },
    });
    const { url, close } = await serveSimulator(simulator);
    return FleetOnCluster.on(server, { simulator, url, close });
  }

  /** Installs everything on an API server, and takes both over. */
  static async on(server: ApiServer, cloud: SimulatedCloud): Promise<FleetOnCluster> {
    const fleet = new FleetOnCluster(server, cloud);
    await fleet.#install();
    return fleet;
  }

  private constructor(server: ApiServer, cloud: SimulatedCloud) {
    this.server = server;
    this.simulator = cloud.simulator;
    this.apiURL = cloud.url;
    this.#closeCloud = () => cloud.close();
  }

  /** From now on controllers that are started reach the API server through this proxy alone. */
  async proxied(): Promise<TcpProxy> {
    const proxy = await TcpProxy.open(this.server.url);
    this.#ends.use(proxy);
    this.#configure(proxy.url);
    return proxy;
  }

  /** `clawfleet run` under the rights of its own service account, as the pod has it; it serves no bots. */
  run(...flags: string[]): Running {
    return this.runServing('--no-bot-api', ...flags);
  }

  /** The same; it serves bots. */
  runServing(...flags: string[]): Running {
    const running = start(
      [
        ...['run', '--source', 'kubernetes', '--kubeconfig', this.controllerConfig],
        ...['--listen', '127.0.0.1:0', '--log-format', 'json', '--poll-interval', '50ms'],
        ...['--absence-window', '1s'],
        ...['--sweep-interval', '200ms', '--rate-limit', 'off', ...flags],
      ],
      this.#surroundings,
    );
    this.#running.push(running);
    return running;
  }

  /** Those that were started, in order, and not ended by `endControllers`. */
  get controllers(): readonly Running[] {
    return this.#running;
  }

  /** A command of a user who may do anything. */
  clawfleet(...args: string[]): Promise<Outcome> {
    return this.start(...args).ended;
  }

  /** The same, still running. */
  start(...args: string[]): Running {
    const source = ['--source', 'kubernetes', '--kubeconfig', this.server.kubeconfig];
    return start([...args, ...source], this.#surroundings);
  }

  /** A droplet that no fleet made. */
  async createDroplet(name: string): Promise<{ readonly id: number }> {
    const order = { name, region: 'nyc3', size: 's-1vcpu-2gb', image: 'ubuntu-22-04-x64', monitoring: true };
    const headers = { authorization: 'Bearer test', 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(order) };
    const answer = await fetch(`${this.apiURL}/v2/droplets`, init);
    return ((await answer.json()) as { droplet: { id: number } }).droplet;
  }

  /** What kubectl prints; it must succeed. */
  kubectl(args: readonly string[], stdin = ''): Promise<string> {
    return printed(this.#kubectl, args, { env: this.#kubectlEnv, stdin });
  }

  tried(args: readonly string[], stdin = ''): Promise<Ended> {
    return ended(this.#kubectl, args, { env: this.#kubectlEnv, stdin });
  }

  apply(...objects: readonly object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.kubectl(['apply', '-f', '-'], JSON.stringify(list));
  }

  droplets(): readonly DropletView[] {
    return this.simulator.droplets();
  }

  /** Ends every controller in peace. */
  async endControllers(): Promise<void> {
    for (const { child, ended } of this.#running) {
      child.kill('SIGTERM');
      await ended;
    }
    this.#running.length = 0;
  }

  async close(): Promise<void> {
    for (const { child, ended } of this.#running) {
      child.kill('SIGKILL');
      await ended;
    }
    await this.#ends.disposeAsync();
    await this.server[Symbol.asyncDispose]();
    await this.#closeCloud();
    this.simulator.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #install(): Promise<void> {
    await this.kubectl(['apply', '--server-side', '-k', 'deploy/kubernetes']);
    await this.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    const token = await this.kubectl([
      'create',
      'token',
      'clawfleet',
      '-n',
      'clawfleet-system',
      '--duration=1h',
    ]);
    this.controllerConfig = join(this.directory, 'controller.kubeconfig');
    this.#token = token.trim();
    this.#configure(this.server.url);
  }

  #configure(url: string): void {
    writeFileSync(this.controllerConfig, kubeconfigOf(url, this.server.caFile, this.#token));
  }

  get #surroundings() {
    return {
      cwd: this.directory,
      env: { DIGITALOCEAN_ACCESS_TOKEN: 'test', DIGITALOCEAN_API_URL: this.apiURL, ...this.environment },
    };
  }

  get #kubectl(): string {
    if (!servers) throw new Error('There are no test servers.');
    return servers.kubectl;
  }

  get #kubectlEnv() {
    return {
      KUBECONFIG: this.server.kubeconfig,
      KUBECACHEDIR: join(this.directory, 'kubectl'),
      HOME: this.directory,
    };
  }
}
