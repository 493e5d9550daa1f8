import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseExposition } from '../adapters/prometheus/exposition.ts';
import { clawfleet, endAll, type Running, start } from './clawfleet.ts';
import { botManifest, newFleet, runFlags, runFleet } from './fleet.ts';
import { inProcess } from './in-process.ts';

let cwd = '';
let fleet: { running: Running; url: string };

before(async () => {
  cwd = newFleet(['alpha', 'beta', 'gamma']);
  fleet = await runFleet(cwd);
});

after(endAll);

test('bots become Ready, and get and describe show it without being told the source', async () => {
  const waited = await clawfleet(['wait', 'bots', '--all', '--for=condition=Ready', '--timeout=20s'], {
    cwd,
  });
  assert.equal(waited.code, 0, waited.stderr);
  assert.match(waited.stdout, /^default\/alpha: condition=Ready met$/m);
  const [bots, accounts, described, names] = await Promise.all([
    clawfleet(['get', 'bots', '-o', 'wide'], { cwd }),
    inProcess(['get', 'accounts', '-o', 'json'], { cwd }),
    clawfleet(['describe', 'bot', 'alpha'], { cwd }),
    inProcess(['get', 'bots', '-o', 'name'], { cwd }),
  ]);
  assert.match(bots.stdout, /^Fleet [a-z0-9]{8}: 3 bots, 3 ready\n/);
  assert.match(bots.stdout, /^alpha +Online +True +- +\d+ +[\d.]+ .* s-1vcpu-2gb +\$12 /m);
  const [account] = (JSON.parse(accounts.stdout) as { items: { status: { used: number } }[] }).items;
  assert.equal(account?.status.used, 3);
  assert.match(described.stdout, /^Ready: +True$/m);
  assert.match(described.stdout, /Normal +DropletCreated +Droplet \d+/);
  assert.equal(names.stdout, 'bot/alpha\nbot/beta\nbot/gamma\n');
});

test('plan finds nothing to do on a converged fleet, and exits with 0', async () => {
  const outcome = await clawfleet(['plan'], { cwd });
  assert.equal(outcome.stdout, 'Nothing to do: 3 bots as declared, $36 a month.\n', outcome.stderr);
  assert.equal(outcome.code, 0);
});

test('the controller is ready and its metrics parse and tell of the fleet', async () => {
  const { url } = fleet;
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  const samples = parseExposition(await (await fetch(`${url}/metrics`)).text());
  const valueFor = (name: string, label = '') =>
    samples.find((sample) => sample.name === name && JSON.stringify(sample.labels).includes(label))?.value;
  assert.equal(valueFor('clawfleet_bots', '"Online"'), 3);
  assert.equal(valueFor('clawfleet_bots_ready'), 3);
  assert.equal(valueFor('clawfleet_cost_usd_per_month'), 36);
  assert.equal(valueFor('clawfleet_cloud_calls_total', '"POST /v2/droplets"'), 3);
  // A bot that boots is looked at again at its limits, and one that runs when its heartbeat is to be stored.
  assert.ok((valueFor('controller_runtime_reconcile_total', '"requeue_after"') ?? 0) > 0);
});

test('stop edits the file in place, keeps its comments, and --wait sees the droplet off', async () => {
  const outcome = await clawfleet(['stop', 'beta', '--wait', '--timeout', '20s'], { cwd });
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(
    outcome.stdout,
    /^default\/beta: spec\.powerState is now Stopped in .*beta\.yaml\.\n {2}Droplet \d+ is shut down next/,
  );
  assert.match(outcome.stdout, /default\/beta: done\.\n$/);
  const text = readFileSync(join(cwd, 'bots', 'beta.yaml'), 'utf8');
  assert.equal(text, `${botManifest('beta')}  powerState: Stopped\n`);
  const again = await clawfleet(['stop', 'beta'], { cwd });
  assert.match(again.stdout, /^default\/beta: unchanged, .* says so already\.\n$/);
  const started = await clawfleet(['start', 'beta', '--wait', '--timeout', '20s'], { cwd });
  assert.equal(started.code, 0, started.stderr);
});

test('reboot and redeploy are carried out once; a redeploy gives another droplet', async () => {
  const droplet = async () => {
    const { stdout } = await inProcess(['get', 'bot', 'alpha', '-o', 'json'], { cwd });
    return (JSON.parse(stdout) as { status: { droplet: { id: number } } }).status.droplet.id;
  };
  const first = await droplet();
  const rebooted = await clawfleet(['reboot', 'alpha', '--wait', '--timeout', '20s'], { cwd });
  assert.equal(rebooted.code, 0, rebooted.stderr);
  assert.equal(await droplet(), first);
  const redeployed = await clawfleet(['redeploy', 'alpha', '--wait', '--timeout', '20s'], { cwd });
  assert.equal(redeployed.code, 0, redeployed.stderr);
  assert.notEqual(await droplet(), first);
});

test('a bot whose file is gone is deleted, and get --watch tells it on the way', async () => {
  const watching = start(['get', 'bots', '--watch'], { cwd });
  await watching.until(/gamma +Online/);
  rmSync(join(cwd, 'bots', 'gamma.yaml'));
  const waited = await clawfleet(['wait', 'bot', 'gamma', '--for=delete', '--timeout', '20s'], { cwd });
  assert.equal(waited.stdout, 'default/gamma: gone\n', waited.stderr);
  await watching.until(/gamma +Deleting/);
  watching.child.kill('SIGINT');
  assert.equal((await watching.ended).code, 0);
  const orphans = await inProcess(['orphans'], { cwd });
  assert.match(orphans.stdout, /^No orphans: \d droplets? with/);
});

test('a wait that is in vain says what it waits for, and exits with 1', async () => {
  const outcome = await clawfleet(['wait', 'bot', 'alpha', '--for=phase=Error', '--timeout=200ms'], { cwd });
  assert.equal(outcome.code, 1);
  assert.match(
    outcome.stderr,
    /^Error: Timed out after 200ms waiting for default\/alpha to reach phase Error\.\ndefault\/alpha: Online\n/,
  );
});

test('names that are not there are told with the nearest', async () => {
  const outcome = await inProcess(['describe', 'bot', 'alhpa'], { cwd });
  assert.equal(outcome.stderr, 'Error: There is no bot default/alhpa.\nDid you mean default/alpha?\n');
  assert.equal(outcome.code, 1);
});

test('a file that does not parse is told on stderr while the others are shown', async () => {
  writeFileSync(join(cwd, 'bots', 'broken.yaml'), 'apiVersion: [');
  const outcome = await inProcess(['get', 'bots'], { cwd });
  rmSync(join(cwd, 'bots', 'broken.yaml'));
  assert.equal(outcome.code, 0);
  assert.match(outcome.stderr, /^Warning: .*broken\.yaml:1:\d+: /);
  assert.match(outcome.stdout, /^alpha +Online/m);
});

test('fleet show tells the identity, and nothing is held', async () => {
  const { stdout, code } = await clawfleet(['fleet', 'show'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /^Bound to: +this source and state$/m);
  const recovered = await inProcess(['fleet', 'recover', '--fleet', 'other123'], { cwd });
  assert.match(
    recovered.stderr,
    /has droplets of its own, of default\/alpha, default\/beta: its state is not lost/,
  );
  assert.equal(recovered.code, 1);
  const confirmed = await inProcess(['confirm', 'recreate', '--all'], { cwd });
  assert.match(confirmed.stderr, /^Error: Nothing is held from being recreated\./);
});

test('a second controller on the same state is refused in one line', async () => {
  const outcome = await clawfleet([...runFlags], { cwd });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /^Error: .* is in use by another controller/);
  assert.doesNotMatch(outcome.stderr, /\n\s+at /);
});
