import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Clouds } from '../../ports/cloud.ts';
import type { CloudObserver } from '../../ports/cloud-observer.ts';
import { BudgetGovernor, type BudgetLimits, defaultConcurrency } from './budget/budget-governor.ts';
import { DigitalOceanCloud } from './digital-ocean-cloud.ts';
import { APIToken } from './transport/api-token.ts';
import { CloudTimer } from './transport/cloud-timer.ts';
import { DigitalOceanClient } from './transport/digital-ocean-client.ts';
import type { Transport } from './transport/transport.ts';
import { type ClosableTransport, type ProxyRoute, undiciTransport } from './transport/undici-transport.ts';

const defaultReadDeadlineMs = 15_000;
const defaultMutationDeadlineMs = 30_000;
const defaultReadRetries = 3;

export interface DigitalOceanOptions {
  /** The controller's own token, used unless another is given. */
  readonly token: string | undefined;
  /** Base URL without `/v2`: `https://api.digitalocean.com`. */
  readonly apiURL: string;
  /** The cloud's URL in CloudIdentity. Default: `apiURL`; a simulator whose port changes keeps one name. */
  readonly identityURL?: string;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Limits for each token. */
  readonly limits?: BudgetLimits;
  readonly observer?: CloudObserver;
  /** Proxy for all calls, if any. */
  readonly proxy?: ProxyRoute | undefined;
  /** Used instead of the network, for a simulation in the same process. */
  readonly transport?: Transport;
  /** Deadline of a read with all its retries. Default 15 s. */
  readonly readDeadlineMs?: number;
  /** Deadline of a create, delete or action. Default 30 s. */
  readonly mutationDeadlineMs?: number;
  /** Default 3. */
  readonly readRetries?: number;
}

export interface DigitalOceanClouds extends Clouds {
  forToken(token: string | undefined): DigitalOceanCloud;
  /** Aborts all calls and closes all connections. */
  close(): Promise<void>;
}

/**
 * Clouds at DigitalOcean, each with its own call budget and connections. Throws
 * TypeError if `apiURL` is not a URL.
 */
export function digitalOceanClouds(options: DigitalOceanOptions): DigitalOceanClouds {
  const apiURL = new URL(options.apiURL).href.replace(/\/+$/, '');
  const clouds = new Map<string, DigitalOceanCloud>();
  const connections = new Map<string, ClosableTransport>();
  const connect = (token: string): Transport => {
    if (options.transport !== undefined) return options.transport;
    const transport = undiciTransport({
      apiURL,
      connections: options.limits?.concurrency ?? defaultConcurrency,
      proxy: options.proxy,
    });
    connections.set(token, transport);
    return transport.send;
  };
  return {
    forToken(token) {
      const chosen = (token ?? options.token ?? '').trim();
      const known = clouds.get(chosen);
      if (known) return known;
      const cloud = openCloud(options, options.identityURL ?? apiURL, chosen, connect(chosen));
      clouds.set(chosen, cloud);
      return cloud;
    },
    release(released) {
      for (const [token, cloud] of clouds) {
        if (cloud !== released) continue;
        clouds.delete(token);
        // Its idle connections close by themselves.
        connections.delete(token);
      }
    },
    async close() {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
    },
  };
}

function openCloud(
  options: DigitalOceanOptions,
  identityURL: string,
  token: string,
  transport: Transport,
): DigitalOceanCloud {
  const { clock, chance, userAgent, observer } = options;
  const budget = new BudgetGovernor(clock, options.limits);
  const timer = new CloudTimer(clock);
  const client = new DigitalOceanClient({
    transport,
    token: new APIToken(token),
    userAgent,
    budget,
    clock,
    chance,
    observer,
    timer,
    readDeadlineMs: options.readDeadlineMs ?? defaultReadDeadlineMs,
    mutationDeadlineMs: options.mutationDeadlineMs ?? defaultMutationDeadlineMs,
    readRetries: options.readRetries ?? defaultReadRetries,
  });
  return new DigitalOceanCloud({ apiURL: identityURL, client, budget, clock, timer });
}
