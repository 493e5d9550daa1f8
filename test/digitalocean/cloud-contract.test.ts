import { digitalOceanClouds } from '../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import { inProcessTransport } from '../../src/adapters/digitalocean/in-process-transport.ts';
import { serveSimulator } from '../../src/adapters/simulator/serve-simulator.ts';
import { DEFAULT_SETTINGS } from '../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { type CloudBed, cloudContract } from '../contract/cloud-contract.ts';

const PROJECT = '4e1bfbc3-dc3e-41f2-a18f-1b4d7ba71679';
const FULL = 'full';
const unlimited = { hourly: Number.POSITIVE_INFINITY, minute: Number.POSITIVE_INFINITY };

/** Time enough for any boot, action or lag of the simulator. */
const LONG_MS = 60_000;

async function bed(overHTTP: boolean): Promise<CloudBed> {
  const simulator = new Simulator({
    clock: systemClock,
    chance: seededChance(1),
    settings: { ...DEFAULT_SETTINGS, hourlyLimit: 0, minuteLimit: 0, dropletLimit: 100 },
    tokens: [{ token: FULL }, { token: 'reader', scopes: ['account:read', 'droplet:read', 'tag:read'] }],
    projects: [{ id: PROJECT, name: 'bots' }],
  });
  const served = overHTTP ? await serveSimulator(simulator) : undefined;
  const apiURL = served?.url ?? 'https://simulator.example';
  const clouds = digitalOceanClouds({
    token: FULL,
    apiURL,
    userAgent: 'clawfleet/test',
    clock: systemClock,
    chance: seededChance(2),
    limits: unlimited,
    ...(!served && { transport: inProcessTransport(simulator, systemClock) }),
  });
  return {
    cloud: clouds.forToken(undefined),
    apiURL,
    accountUUID: simulator.accountUUID,
    projectID: PROJECT,
    reader: clouds.forToken('reader'),
    stranger: clouds.forToken('nobody'),
    settle: async () => simulator.skip(LONG_MS),
    loseNext: (method, carriedOut) => {
      simulator.faults.order({ match: { method }, effect: carriedOut ? 'cutAfter' : 'cutBefore', times: 1 });
    },
    failNext: (method) => {
      simulator.faults.order({ match: { method }, effect: 'status', status: 504, html: true, times: 1 });
    },
    limit: ({ droplets, requestsPerMinute }) =>
      simulator.change({
        ...(droplets !== undefined && { dropletLimit: droplets }),
        ...(requestsPerMinute !== undefined && { minuteLimit: requestsPerMinute }),
      }),
    requests: (method) => simulator.journal.entries({ method }).length,
    dropletCount: () => simulator.droplets().length,
    close: async () => {
      await clouds.close();
      await served?.close();
      simulator.close();
    },
  };
}

cloudContract('DigitalOcean over HTTP', () => bed(true));
cloudContract('DigitalOcean within the process', () => bed(false));
