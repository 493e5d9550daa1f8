import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { birthTag } from '../../../src/model/birth.ts';
import { dropletName, keyTag } from '../../../src/model/identity.ts';
import type { DropletRecord, DropletTemplate } from '../../../src/model/spec/bot-status.ts';
import { botNames } from '../../../test/lab/fleet-files.ts';
import type { Cluster } from '../../../test/lab/kubernetes/cluster.ts';
import { EtcdStore } from '../../../test/lab/kubernetes/etcd-store.ts';
import type { SimulatorProcess } from '../../../test/lab/simulator-process.ts';

const pageSize = 200;
/** As many create bots at the same time. */
export const clients = 16;
/** How long a droplet takes to become active. */
export const bootMs = 1_000;

interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly created_at: string;
  readonly networks: { readonly v4: readonly { readonly ip_address: string; readonly type: string }[] };
  readonly tags: readonly string[];
}

interface Stored {
  readonly metadata: { readonly uid: string; readonly name: string };
  readonly status: {
    readonly droplet: Pick<DropletRecord, 'id' | 'createdAt'> & {
      readonly publicIPv4: string;
      readonly birth: number;
      readonly template: DropletTemplate;
    };
    readonly registration: {
      readonly tokens: readonly { readonly attemptID: string; readonly sha256: string }[];
    };
  };
}

/**
 * Adds `count` bots with their droplets, from the number `from` on, as a controller would have left them: each is the
 * image of the converged bot `model`, put into etcd while no controller runs. Ten times quicker than to create them.
 */
export async function plantBots(
  cluster: Cluster,
  simulator: SimulatorProcess,
  model: string,
  from: number,
  count: number,
): Promise<void> {
  const etcd = new EtcdStore(cluster.api);
  const cloud = new Pool(simulator.url, { connections: clients });
  const text = await etcd.get(keyOf(model));
  const planted = new Map(botNames(from, count).map((name) => [name, randomUUID() as string]));
  await createDroplets(cloud, cluster, text, planted);
  await sleep(2 * bootMs);
  const droplets = new Map((await listDroplets(cloud)).map((droplet) => [droplet.name, droplet]));
  const objects = [...planted].map(([name, uid]): [string, string] => {
    const droplet = droplets.get(dropletName(uid));
    if (!droplet) throw new Error(`there is no droplet of ${name}`);
    return [keyOf(name), image(text, name, uid, droplet)];
  });
  await etcd.put(new Map(objects));
  await Promise.all([etcd.close(), cloud.destroy()]);
}

function keyOf(name: string): string {
  return `/registry/clawfleet.dev/bots/default/${name}`;
}

/** The model's stored text with everything that is another bot's own. */
function image(text: string, name: string, uid: string, droplet: Droplet): string {
  const { metadata, status } = JSON.parse(text) as Stored;
  const [token] = status.registration.tokens;
  const address = droplet.networks.v4.find(({ type }) => type === 'public')?.ip_address ?? '';
  const own: readonly (readonly [string, string])[] = [
    [metadata.uid, uid],
    [`"name":"${metadata.name}"`, `"name":"${name}"`],
    [tagOf(metadata.name), tagOf(name)],
    [String(status.droplet.id), String(droplet.id)],
    [status.droplet.publicIPv4, address],
    [status.droplet.createdAt, droplet.created_at],
    [token?.attemptID ?? '', randomUUID()],
    [token?.sha256 ?? '', createHash('sha256').update(uid).digest('hex')],
  ];
  return own.reduce((image, [theirs, ours]) => image.replaceAll(theirs, ours), text);
}

function tagOf(name: string): string {
  return keyTag(`default/${name}`);
}

async function createDroplets(
  cloud: Pool,
  cluster: Cluster,
  text: string,
  planted: ReadonlyMap<string, string>,
): Promise<void> {
  const { metadata, status } = JSON.parse(text) as Stored;
  const { template, birth } = status.droplet;
  const { region, size, image, tags, monitoring, ipv6 } = template;
  await cluster.calls.each(planted, async ([name, uid]) => {
    const own = tags.map((tag) => tag.replace(metadata.uid, uid).replace(tagOf(metadata.name), tagOf(name)));
    const order = {
      name: dropletName(uid),
      region,
      size,
      image,
      monitoring,
      ipv6,
      backups: false,
      tags: [...own, birthTag(birth)],
    };
    await send(cloud, 'POST', '/v2/droplets', order);
  });
}

async function listDroplets(cloud: Pool): Promise<Droplet[]> {
  const droplets: Droplet[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/v2/droplets?per_page=${pageSize}&page=${page}`;
    const found = (await send<{ droplets: Droplet[] }>(cloud, 'GET', path)).droplets;
    droplets.push(...found);
    if (found.length < pageSize) return droplets;
  }
}

async function send<T>(cloud: Pool, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const headers = { authorization: 'Bearer lab', 'content-type': 'application/json' };
  const answer = await cloud.request({ method, path, headers, body: body ? JSON.stringify(body) : null });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`simulator: ${method} ${path}: ${answer.statusCode} ${text}`);
  return JSON.parse(text) as T;
}
