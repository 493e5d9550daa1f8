import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { DigitalOceanOptions } from '../../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import {
  type DigitalOceanClouds,
  digitalOceanClouds,
} from '../../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { DropletRequest } from '../../../src/ports/cloud.ts';
import type { CloudCallOutcome } from '../../../src/ports/cloud-observer.ts';

export const TOKEN = 'dop_v1_5ec2e7';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeApi {
  readonly url: string;
  readonly seen: Seen[];
  readonly sockets: Set<Socket>;
  readonly server: Server;
}

/** An HTTP server of the test's own; closed when the test is over. */
export async function fakeApi(
  t: TestContext,
  answer: (request: Seen) => Answer | Promise<Answer>,
): Promise<FakeApi> {
  const seen: Seen[] = [];
  return await rawApi(t, seen, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const entry = { method, url, headers, body: Buffer.concat(chunks).toString() };
    seen.push(entry);
    const { status, body, headers: answerHeaders } = await answer(entry);
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
    response.writeHead(status, { 'content-type': 'application/json', ...answerHeaders });
    response.end(body === undefined ? '' : text);
  });
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** The same with the sockets in the test's hands. */
export async function rawApi(t: TestContext, seen: Seen[], listener: RequestListener): Promise<FakeApi> {
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, sockets, server };
}

export interface CloudRig {
  readonly clouds: DigitalOceanClouds;
  readonly cloud: ReturnType<DigitalOceanClouds['forToken']>;
  readonly calls: [route: string, outcome: CloudCallOutcome][];
}

/** A cloud at `apiURL` on the machine's clock; closed when the test is over. */
export function cloudAt(
  t: TestContext,
  apiURL: string,
  options: Partial<DigitalOceanOptions> = {},
): CloudRig {
  const calls: [string, CloudCallOutcome][] = [];
  const clouds = digitalOceanClouds({
    token: TOKEN,
    apiURL,
    userAgent: 'clawfleet/test',
    clock: systemClock,
    chance: seededChance(1),
    observer: { call: (route, outcome) => calls.push([route, outcome]) },
    ...options,
  });
  t.after(() => clouds.close());
  return { clouds, cloud: clouds.forToken(undefined), calls };
}

export const REQUEST: DropletRequest = {
  name: 'openclaw-bot-1',
  region: 'nyc3',
  size: 's-1vcpu-1gb',
  image: 'ubuntu-24-04-x64',
  sshKeys: ['12345', '3b:16:bf:e4'],
  tags: ['openclaw', 'bot-1'],
  monitoring: true,
  backups: false,
  ipv6: false,
  userData: '#!/bin/sh\n',
};

/** A droplet as DigitalOcean tells it, shortened where nobody reads. */
export function wireDroplet(id: number, fields: object = {}): Record<string, unknown> {
  return {
    id,
    name: `openclaw-bot-${id}`,
    memory: 1024,
    vcpus: 1,
    disk: 25,
    locked: false,
    status: 'active',
    created_at: '2026-03-01T12:00:00Z',
    features: ['monitoring', 'droplet_agent'],
    image: { id: 1, name: '24.04 x64', distribution: 'Ubuntu', slug: 'ubuntu-24-04-x64', regions: ['nyc3'] },
    size: { slug: 's-1vcpu-1gb', price_monthly: 6, price_hourly: 0.00893, regions: ['nyc3'] },
    size_slug: 's-1vcpu-1gb',
    networks: {
      v4: [
        { ip_address: '10.0.0.2', netmask: '255.255.255.0', gateway: '10.0.0.1', type: 'private' },
        { ip_address: '203.0.113.7', netmask: '255.255.255.0', gateway: '203.0.113.1', type: 'public' },
      ],
      v6: [],
    },
    region: { name: 'New York 3', slug: 'nyc3', sizes: ['s-1vcpu-1gb'], available: true },
    tags: ['openclaw', `bot-${id}`],
    vpc_uuid: '760e09ef-dc84-11e8-981e-3cfdfeaae000',
    ...fields,
  };
}

/** The error that DigitalOcean answers with. */
export function refusal(status: number, id: string, message: string): Answer {
  return { status, body: { id, message } };
}
