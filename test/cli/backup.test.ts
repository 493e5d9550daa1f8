import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../lab/until.ts';
import { clawfleet, endAll } from './clawfleet.ts';
import { botManifest, newFleet, runFleet, startFleet } from './fleet.ts';
import { inProcess } from './in-process.ts';

after(endAll);

test('a backup beside a running controller is restored: nothing is created again, and the state before is kept', async () => {
  const cwd = newFleet(['alpha', 'beta']);
  const first = await runFleet(cwd);
  const ready = () => inProcess(['wait', 'bots', '--all', '--for=condition=Ready'], { cwd });
  assert.equal((await ready()).code, 0);
  const copied = await clawfleet(['fleet', 'backup', 'copy.db'], { cwd });
  assert.match(
    copied.stdout,
    /^Fleet [a-z0-9]{8}, 2 bots: .*\.db was copied to .*copy\.db\.\nIt holds neither the manifests nor the keys/,
  );
  assert.equal(statSync(join(cwd, 'copy.db')).mode & 0o777, 0o600);
  const again = await inProcess(['fleet', 'backup', 'copy.db'], { cwd });
  assert.equal(
    again.stderr,
    `Error: ${join(cwd, 'copy.db')} exists already.\nGive another name, or --yes to overwrite an earlier copy.\n`,
  );
  assert.equal((await inProcess(['fleet', 'backup', 'copy.db', '--yes'], { cwd })).code, 0);
  const running = await clawfleet(['fleet', 'restore', 'copy.db', '--yes'], { cwd });
  assert.equal(running.code, 1);
  assert.match(running.stderr, /^Error: .* is in use by another controller \(pid \d+/);
  writeFileSync(join(cwd, 'bots', 'gamma.yaml'), botManifest('gamma'));
  assert.equal((await inProcess(['wait', 'bot', 'gamma', '--for=condition=Ready'], { cwd })).code, 0);
  first.running.child.kill('SIGTERM');
  await first.running.ended;
  const unasked = await inProcess(['fleet', 'restore', 'copy.db'], {
    cwd,
    stdin: { isTTY: false } as NodeJS.ReadStream,
  });
  assert.match(
    unasked.stdout,
    /^Fleet [a-z0-9]{8}, 2 bots, written \d+s ago, takes the place of the state with 3 bots in /,
  );
  assert.match(unasked.stderr, /There is no terminal to ask on/);
  const restored = await clawfleet(['fleet', 'restore', 'copy.db', '--yes'], { cwd });
  assert.equal(restored.code, 0, restored.stderr);
  const [, kept = ''] = /The state before is kept as (\S+)\.\n/.exec(restored.stdout) ?? [];
  assert.equal(existsSync(kept), true, restored.stdout);
  const second = await startFleet(cwd);
  const old = await inProcess(['wait', 'bot', 'alpha', 'beta', '--for=condition=Ready'], { cwd });
  assert.equal(old.code, 0, old.stderr);
  await until('the later droplet’s being taken over', 20_000, 100, async () =>
    /gamma +Error +False +NotEnrolled +\d+/.test((await inProcess(['get', 'bots'], { cwd })).stdout),
  );
  assert.equal((await fetch(`${second.url}/readyz`)).status, 503);
  const accepted = await inProcess(['fleet', 'accept-state', '--yes'], { cwd });
  assert.equal(accepted.code, 0, accepted.stderr);
  await until('readiness', 20_000, 100, async () => (await fetch(`${second.url}/readyz`)).ok);
  second.running.child.kill('SIGTERM');
  assert.doesNotMatch((await second.running.ended).stdout, /DropletCreated|DropletDestroyed/);
});

test('a state that is lost comes back from its backup', async () => {
  const cwd = newFleet(['alpha']);
  const first = await runFleet(cwd);
  const ready = () => inProcess(['wait', 'bots', '--all', '--for=condition=Ready'], { cwd });
  assert.equal((await ready()).code, 0);
  assert.equal((await inProcess(['fleet', 'backup', 'copy.db'], { cwd })).code, 0);
  first.running.child.kill('SIGTERM');
  await first.running.ended;
  const states = join(cwd, '.clawfleet');
  for (const file of readdirSync(states)) if (/\.db(-wal|-shm)?$/.test(file)) rmSync(join(states, file));
  const restored = await clawfleet(['fleet', 'restore', 'copy.db', '--yes'], { cwd });
  assert.match(restored.stdout, /takes the place of nothing in .*\nRestored /s, restored.stderr);
  const second = await runFleet(cwd);
  assert.equal((await ready()).code, 0);
  second.running.child.kill('SIGTERM');
  assert.doesNotMatch((await second.running.ended).stdout, /DropletCreated/);
});

test('what is no backup is refused by name, and so is a source that has back-ups of its own', async () => {
  const cwd = newFleet(['alpha']);
  writeFileSync(join(cwd, 'notes.db'), 'These are not the bots you are looking for.\n'.repeat(200));
  const flags = ['--source', 'bots', '--state', 'state.db'];
  for (const [args, told] of [
    [
      ['restore', 'notes.db', ...flags],
      /^Error: cannot open the state file .*notes\.db: file is not a database/,
    ],
    [['restore', 'nowhere.db', ...flags], /^Error: there is no state in .*nowhere\.db/],
    [['backup', 'copy.db', ...flags], /^Error: there is no state in .*state\.db yet/],
    [
      ['backup', 'copy.db', '--source', 'kubernetes'],
      /^Error: The state of --source kubernetes is not in a file\.\nBack up the cluster/,
    ],
  ] as const) {
    const outcome = await inProcess(['fleet', ...args], { cwd });
    assert.match(outcome.stderr, told);
    assert.equal(outcome.code, 1);
  }
});
