import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RawClient } from '../../adapters/http/bots/support/raw-client.ts';
import { clawfleet, endAll, start } from '../clawfleet.ts';
import { botManifest, newFleet, runFleet } from '../fleet.ts';
import { inProcess } from '../in-process.ts';

after(endAll);

test('SIGTERM drains and ends with 0; starting again changes nothing', async () => {
  const own = newFleet(['solo']);
  const first = await runFleet(own);
  await first.running.until(/DropletCreated/);
  assert.equal((await inProcess(['wait', 'bot', 'solo', '--for=condition=Ready'], { cwd: own })).code, 0);
  first.running.child.kill('SIGTERM');
  const ended = await first.running.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /"signal":"SIGTERM"/);
  const second = await runFleet(own);
  assert.equal((await inProcess(['wait', 'bot', 'solo', '--for=condition=Ready'], { cwd: own })).code, 0);
  second.running.child.kill('SIGTERM');
  assert.doesNotMatch((await second.running.ended).stdout, /DropletCreated/);
});

test('half a call of a bot does not hold up the end', async () => {
  const own = newFleet(['solo']);
  const { running } = await runFleet(own);
  const [, botAPI = ''] = /"botAPI":"(http:[^"]+)"/.exec(await running.until(/"botAPI":"http:.*\n/)) ?? [];
  const client = await RawClient.open(botAPI);
  const half = 'POST /v1/bot/register HTTP/1.1\r\nhost:';
  assert.equal(await client.ask(`GET /health HTTP/1.1\r\nhost: x\r\n\r\n${half}`), 200);
  const signalledAt = performance.now();
  running.child.kill('SIGTERM');
  const ended = await running.ended;
  client.end();
  assert.equal(ended.code, 0, ended.stderr);
  const tookMs = performance.now() - signalledAt;
  assert.ok(tookMs < 15_000, `${tookMs} ms`);
});

test('a second signal quits at once, while a create is under way', async () => {
  const own = newFleet(['solo']);
  const slow = { match: { method: 'POST', path: '/v2/droplets' }, effect: 'delay', delayMs: 20_000 };
  writeFileSync(join(own, 'faults.json'), JSON.stringify([slow]));
  const simulator = start(['simulate', '--listen', '127.0.0.1:0', '--faults', 'faults.json'], { cwd: own });
  const [, url = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
  const env = { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: url };
  const running = start(
    ['run', '--source', 'bots', '--no-bot-api', '--listen', 'off', '--log-format', 'text'],
    {
      cwd: own,
      env,
    },
  );
  await waitFor(async () =>
    (await (await fetch(`${url}/_simulator/droplets`)).text()).includes('openclaw-bot-'),
  );
  running.child.kill('SIGTERM');
  await running.until(/SIGTERM: ending what is under way/);
  running.child.kill('SIGTERM');
  assert.equal((await running.ended).code, 143);
  simulator.child.kill('SIGTERM');
  await simulator.ended;
});

test('bots that vanish at once are held until someone confirms', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `bot-${letter}`);
  const own = newFleet(names);
  const { running, url } = await runFleet(own);
  await running.until(/DropletCreated/);
  const ready = ['wait', 'bots', '--all', '--for=condition=Ready'];
  assert.equal((await inProcess(ready, { cwd: own })).code, 0);
  for (const name of names) rmSync(join(own, 'bots', `${name}.yaml`));
  await waitFor(async () => (await fetch(`${url}/readyz`)).status === 503);
  assert.match(await (await fetch(`${url}/readyz`)).text(), /5/);
  const shown = await inProcess(['fleet', 'show'], { cwd: own });
  assert.match(shown.stdout, /^ {2}deletion of bots no longer declared: 5 of 5, for \d+s: default\/bot-a, /m);
  const one = await clawfleet(['confirm', 'delete', 'bot-a'], { cwd: own });
  assert.match(
    one.stdout,
    /^ {2}default\/bot-a: droplet \d+ \(.*\) is destroyed\nConfirmed: delete 1 bot \(default\/bot-a\)\.\nThey are deleted next, each by its own deletion policy\.\n$/,
  );
  const gone = await inProcess(['wait', 'bot', 'bot-a', '--for=delete'], { cwd: own });
  assert.equal(gone.code, 0, gone.stderr);
  assert.match((await inProcess(['get', 'bots', '-o', 'name'], { cwd: own })).stdout, /bot\/bot-b/);
  assert.equal((await inProcess(['confirm', 'delete', '--all'], { cwd: own })).code, 0);
  const rest = await inProcess(['wait', 'bot', ...names, '--for=delete'], { cwd: own });
  assert.equal(rest.code, 0, rest.stderr);
  await waitFor(async () => (await fetch(`${url}/readyz`)).status === 200);
  running.child.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});

test('the only bot outlives a checkout that is empty for a while; confirmed, it goes at once', async () => {
  const own = newFleet(['solo']);
  const file = join(own, 'bots', 'solo.yaml');
  const { running, url } = await runFleet(own);
  const get = () => inProcess(['get', 'bots'], { cwd: own });
  const ready = ['wait', 'bot', 'solo', '--for=condition=Ready'];
  assert.equal((await inProcess(ready, { cwd: own })).code, 0);
  rmSync(file);
  await waitFor(async () => /solo +Deleting +False +EmptySourceHeld/.test((await get()).stdout));
  assert.match(
    (await get()).stderr,
    /^1 bot no longer declared and not deleted until \S+Z, unless you run `clawfleet confirm delete default\/solo` \(with --dry-run first, to look\)\.$/m,
  );
  assert.match(
    (await inProcess(['describe', 'bot', 'solo'], { cwd: own })).stdout,
    /No bot is declared any more, so this one stays until .*`clawfleet confirm delete default\/solo`/,
  );
  assert.match(await (await fetch(`${url}/readyz`)).text(), /default\/solo not deleted before/);
  assert.match(await (await fetch(`${url}/metrics`)).text(), /^clawfleet_holds\{kind="delete"\} 1$/m);
  writeFileSync(file, botManifest('solo'));
  assert.equal((await inProcess(ready, { cwd: own })).code, 0);
  rmSync(file);
  await waitFor(async () => (await get()).stdout.includes('EmptySourceHeld'));
  assert.equal((await clawfleet(['confirm', 'delete', 'solo'], { cwd: own })).code, 0);
  const gone = await inProcess(['wait', 'bot', 'solo', '--for=delete'], { cwd: own });
  assert.equal(gone.code, 0, gone.stderr);
  running.child.kill('SIGTERM');
  const { stdout } = await running.ended;
  assert.equal(stdout.split('"reason":"DropletCreated"').length - 1, 1);
});

test('the logs are a JSON object a line, the bot’s key in each event, and no secret', async () => {
  const own = newFleet(['solo']);
  const { running } = await runFleet(own, '--log-level', 'debug');
  await running.until(/DropletCreated/);
  running.child.kill('SIGTERM');
  const { stdout } = await running.ended;
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(lines.some((line) => line['reason'] === 'DropletCreated' && line['bot'] === 'default/solo'));
  assert.doesNotMatch(stdout, /REGISTRATION_TOKEN|Bearer /i);
});

test('a droplet that exists is adopted: shown first, then tagged and declared', async () => {
  const own = newFleet([]);
  const simulator = start(['simulate', '--listen', '127.0.0.1:0', '--boot-time', '10ms'], { cwd: own });
  const [, url = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
  const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
  const body = JSON.stringify({
    name: 'old',
    region: 'fra1',
    size: 's-1vcpu-2gb',
    image: 'ubuntu-22-04-x64',
  });
  const created = await fetch(`${url}/v2/droplets`, { method: 'POST', headers, body });
  const id = String(((await created.json()) as { droplet: { id: number } }).droplet.id);
  const env = { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: url };
  const flags = ['--source', 'bots', '--poll-interval', '50ms', '--sweep-interval', '100ms'];
  const running = start(['run', ...flags, '--no-bot-api', '--listen', 'off', '--log-format', 'text'], {
    cwd: own,
    env,
  });
  await running.until(/Cloud: /);
  const args = ['adopt', id, '--name', 'old', '--account', 'acme', ...flags.slice(0, 2)];
  await waitFor(async () => (await inProcess(['fleet'], { cwd: own, env })).code === 0);
  const shown = await inProcess([...args, '--dry-run'], { cwd: own, env });
  assert.match(shown.stdout, /it gets the tag clawfleet-adopt-[a-z0-9]{8}/);
  assert.equal((await inProcess(['get', 'bots'], { cwd: own, env })).stdout, '');
  const unasked = await clawfleet(args, { cwd: own, env });
  assert.match(unasked.stderr, /There is no terminal to ask on\.\nAdd --yes/);
  const adopted = await clawfleet([...args, '--yes'], { cwd: own, env });
  assert.equal(adopted.code, 0, adopted.stderr);
  const waited = await inProcess(['wait', 'bot', 'old', '--for=condition=Ready'], { cwd: own, env });
  assert.equal(waited.code, 0, waited.stderr);
  assert.match(
    (await inProcess(['get', 'bots'], { cwd: own, env })).stdout,
    new RegExp(`old +Online +True +- +${id} `),
  );
  for (const process of [running, simulator]) process.child.kill('SIGTERM');
  await Promise.all([running.ended, simulator.ended]);
});

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come about');
}
