import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { until } from '../../lab/until.ts';
import { clawfleet, endAll, start } from '../clawfleet.ts';
import { newFleet } from '../fleet.ts';
import { inProcess } from '../in-process.ts';

after(endAll);

interface Shown {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
}

const flags = [
  '--source',
  'bots',
  '--poll-interval',
  '50ms',
  '--sweep-interval',
  '100ms',
  '--absence-window',
  '1s',
];
const run = ['run', ...flags, '--no-bot-api', '--listen', 'off', '--log-format', 'text'];

/** A fleet of five whose droplets of all but the first were destroyed, so that their re-creation is held. */
async function heldFleet() {
  const cwd = newFleet(['a', 'b', 'c', 'd', 'e']);
  const simulator = start(['simulate', '--listen', '127.0.0.1:0', '--boot-time', '50ms'], { cwd });
  const [, url = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
  const around = { cwd, env: { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: url } };
  const running = start(run, around);
  await running.until(/Cloud: /);
  await until(
    'the bots’ being there',
    20_000,
    50,
    async () => (await inProcess(['fleet'], around)).code === 0,
  );
  const ready = await inProcess(['wait', 'bots', '--all', '--for=condition=Ready'], around);
  assert.equal(ready.code, 0, ready.stderr);
  const droplets = async () => {
    const answer = await fetch(`${url}/v2/droplets?per_page=200`, { headers: { authorization: 'Bearer x' } });
    return ((await answer.json()) as { droplets: Shown[] }).droplets;
  };
  const lost = (await droplets()).slice(1);
  for (const { id } of lost) await fetch(`${url}/_simulator/droplets/${id}`, { method: 'DELETE' });
  const isHeld = async () => /4 of 5, for/.test((await inProcess(['fleet', 'show'], around)).stdout);
  await until('the hold', 120_000, 100, isHeld);
  return { around, url, running, droplets, lost };
}

test('confirm recreate looks into the cloud first: it lists what it makes, and makes what is really gone', async () => {
  const { around, droplets, running, lost } = await heldFleet();
  const shown = await inProcess(['confirm', 'recreate', '--all', '--dry-run'], around);
  assert.equal(shown.code, 0, shown.stderr);
  assert.equal(
    shown.stdout.match(/^ {2}default\/[a-e]: a new droplet \(.*\) in the place of \d+$/gm)?.length,
    4,
  );
  for (const { id } of lost) assert.ok(shown.stdout.includes(`in the place of ${id}`));
  assert.equal((await droplets()).length, 1);
  const hint = await inProcess(['get', 'bots'], around);
  assert.match(
    hint.stderr,
    /4 bots without droplet and not created again, unless you run `clawfleet confirm recreate .*--dry-run first/,
  );
  const confirmed = await clawfleet(['confirm', 'recreate', '--all'], around);
  assert.match(confirmed.stdout, /Confirmed: recreate 4 bots/, confirmed.stderr);
  await until('five droplets', 30_000, 100, async () => (await droplets()).length === 5);
  running.child.kill('SIGTERM');
  await running.ended;
});

test('confirm recreate refuses while the cloud shows a droplet of a bot, by its name or its id', async () => {
  const { around, url, running, droplets, lost } = await heldFleet();
  running.child.kill('SIGTERM');
  await running.ended;
  const [found, ...gone] = lost as [Shown, ...Shown[]];
  const { name, tags } = found;
  const body = JSON.stringify({ name, tags, region: 'nyc3', size: 's-1vcpu-2gb', image: 'ubuntu-22-04-x64' });
  const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
  assert.equal((await fetch(`${url}/v2/droplets`, { method: 'POST', headers, body })).status, 202);
  await until('the tags', 20_000, 50, async () =>
    (await droplets()).some((one) => one.name === name && one.tags.length === tags.length),
  );
  const refused = await inProcess(['confirm', 'recreate', '--all'], around);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^Error: The cloud shows 1 droplet of these bots, so nothing was confirmed:\n {2}(default\/[a-e]): droplet \d+ \(openclaw-bot-.*\)\n.*look at \1 by/,
  );
  const [, visible = ''] = /(default\/[a-e]): droplet/.exec(refused.stderr) ?? [];
  const others = [...refused.stdout.matchAll(/^ {2}(default\/[a-e]): /gm)]
    .map(([, key = '']) => key)
    .filter((key) => key !== visible);
  assert.equal(others.length, gone.length);
  const elsewhere = await inProcess(['confirm', 'recreate', ...others, '--simulator'], { cwd: around.cwd });
  assert.match(
    elsewhere.stderr,
    /^Error: The fleet belongs to account .*: that its droplets are not there proves nothing\.\nSet DIGITALOCEAN/,
  );
  const confirmed = await inProcess(['confirm', 'recreate', ...others], around);
  assert.equal(confirmed.code, 0, confirmed.stderr);
});
