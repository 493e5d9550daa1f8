import assert from 'node:assert/strict';
import { digitalOceanClouds } from '../../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import { inProcessTransport } from '../../../src/adapters/digitalocean/transport/in-process-transport.ts';
import { serveSimulator } from '../../../src/adapters/simulator/serve-simulator.ts';
import { defaultSettings, type Settings } from '../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { type CloudBed, cloudContract } from '../../contract/cloud-contract.ts';

const project = '4e1bfbc3-dc3e-41f2-a18f-1b4d7ba71679';
const full = 'full';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9 ops';
const unlimited = { hourly: Number.POSITIVE_INFINITY, minute: Number.POSITIVE_INFINITY };

/** Time enough for any boot, action or lag of the simulator. */
const longMs = 60_000;

async function bed(overHTTP: boolean): Promise<CloudBed> {
  const simulator = new Simulator({
    clock: systemClock,
    chance: seededChance(1),
    settings: { ...defaultSettings, hourlyLimit: 0, minuteLimit: 0, dropletLimit: 100 },
    tokens: [
      { token: full },
      { token: 'reader', scopes: ['account:read', 'droplet:read', 'tag:read'] },
      { token: 'colleague', user: 'ann' },
      { token: 'elsewhere', team: 'play' },
    ],
    projects: [{ id: project, name: 'bots' }],
  });
  const served = overHTTP ? await serveSimulator(simulator) : undefined;
  const apiURL = served?.url ?? 'https://simulator.example';
  const clouds = digitalOceanClouds({
    token: full,
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
    projectID: project,
    reader: clouds.forToken('reader'),
    stranger: clouds.forToken('nobody'),
    colleague: clouds.forToken('colleague'),
    elsewhere: clouds.forToken('elsewhere'),
    gpu: { size: 'gpu-h100x1-80gb', region: 'tor1' },
    application: 'docker-20-04',
    addImage: (name) => simulator.addImage({ name }).id,
    deleteImage: (id) => assert.ok(simulator.deleteImage(id)),
    addKey: () => ask(simulator, 'POST', '/v2/account/keys', { name: 'ops', public_key: key }).ssh_key,
    deleteKey: (id) => ask(simulator, 'DELETE', `/v2/account/keys/${id}`),
    vpcIn: (region) => ask(simulator, 'POST', '/v2/vpcs', { name: 'bots', region }).vpc.id,
    standing: (status, accountMessage) =>
      simulator.change({ accountStatus: status as Settings['accountStatus'], accountMessage }),
    garble: (id) => void simulator.faults.order({ effect: 'garble', droplets: { ids: [id] } }),
    keepBusy: (id) => void simulator.edit(id, { stuck: true }),
    archive: (id) => void simulator.edit(id, { status: 'archive' }),
    shiftClock: (ms) => simulator.change({ clockOffsetMs: ms }),
    now: () => simulator.now() + simulator.settings.clockOffsetMs,
    settle: async () => simulator.skip(longMs),
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

/** One call of a person's own, straight to the cloud. */
function ask(simulator: Simulator, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${full}` };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = simulator.handle({ method, path, headers, ...sent });
  assert.ok(answer.kind === 'response' && answer.status < 300, JSON.stringify(answer));
  return answer.body === '' ? undefined : JSON.parse(answer.body);
}

cloudContract('DigitalOcean over HTTP', () => bed(true));
cloudContract('DigitalOcean within the process', () => bed(false));
