import type { BudgetLimits } from '../adapters/digitalocean/budget/budget-governor.ts';
import { digitalOceanClouds } from '../adapters/digitalocean/digital-ocean-clouds.ts';
import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { cloudCallMs } from '../config/lease.ts';
import { defaultRateLimit } from '../config/rate-limit.ts';
import type { FleetConfig } from '../config/run-config.ts';
import type { Clouds } from '../ports/cloud.ts';
import type { CloudObserver } from '../ports/cloud-observer.ts';
import type { SimulatorEndpoint } from './built-in-simulator.ts';
import { version } from './version.ts';

export interface OpenedClouds extends Clouds {
  /** Where the built-in simulator listens, when it is the cloud. */
  readonly simulatorURL: string | undefined;
  /** Read scopes that the controller's own token lacks, found out by GETs alone. */
  missingScopes(signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface CloudOptions {
  readonly observer?: CloudObserver;
  /** Whether a simulator that is started here also runs an agent on each of its droplets. */
  readonly agents?: boolean;
}

/** Any token will do for the simulator. */
const simulatorToken = 'simulator';

/** The cloud of the configuration: DigitalOcean's API, or the simulator that runs or is started for this process. */
export async function openCloud(
  config: FleetConfig,
  { observer, agents = false }: CloudOptions = {},
): Promise<OpenedClouds> {
  const { cloud } = config;
  const endpoint = await endpointOf(config, agents);
  const clouds = digitalOceanClouds({
    token: cloud.kind === 'simulator' ? simulatorToken : cloud.token,
    apiURL: endpoint?.url ?? (cloud.kind === 'simulator' ? '' : cloud.apiURL),
    ...(endpoint && { identityURL: endpoint.identityURL }),
    proxy: cloud.kind === 'simulator' ? undefined : cloud.proxy,
    userAgent: `clawfleet/${version}`,
    clock: systemClock,
    chance: systemChance,
    limits: limitsOf(config),
    mutationDeadlineMs: cloudCallMs,
    ...(observer && { observer }),
  });
  return {
    forToken: (token) => clouds.forToken(token),
    release: (cloud) => clouds.release(cloud),
    simulatorURL: endpoint?.url,
    missingScopes: async (signal) => {
      const report = await clouds.forToken(undefined).probeScopes({ class: 'background', signal });
      return report.missing;
    },
    close: async () => {
      await clouds.close();
      await endpoint?.close();
    },
  };
}

/** The simulator is loaded only where it is the cloud. */
async function endpointOf(
  { cloud, simulatorFile, rateLimit }: FleetConfig,
  agents: boolean,
): Promise<SimulatorEndpoint | undefined> {
  if (cloud.kind !== 'simulator') return undefined;
  const { simulatorEndpoint } = await import('./built-in-simulator.ts');
  return simulatorEndpoint(simulatorFile, cloud, { rateLimit, agents });
}

function limitsOf({ rateLimit }: FleetConfig): BudgetLimits {
  if (rateLimit) {
    // DigitalOcean raises the hourly limit for some; unless --rate-limit says otherwise, its headers do.
    const raisable = rateLimit.perHour === defaultRateLimit.perHour;
    return { minute: rateLimit.perMinute, ...(!raisable && { hourly: rateLimit.perHour }) };
  }
  return { minute: Number.POSITIVE_INFINITY, hourly: Number.POSITIVE_INFINITY };
}
