import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clawfleet, endAll, type Running } from './clawfleet.ts';
import { botManifest, newFleet, runFleet } from './fleet.ts';
import { inProcess } from './in-process.ts';

describe('a protected bot whose file is taken away', () => {
  const cwd = newFleet(['guarded', 'loose']);
  const file = join(cwd, 'bots', 'guarded.yaml');
  let running: Running;

  before(async () => {
    writeFileSync(file, `${botManifest('guarded')}  deletionProtection: true\n`);
    ({ running } = await runFleet(cwd));
    const ready = await inProcess(['wait', 'bots', '--all', '--for=condition=Ready'], { cwd });
    assert.equal(ready.code, 0, ready.stderr);
    rmSync(file);
  });
  after(endAll);

  it('is shown by plan as staying, with what ends that', async () => {
    const stalled = await inProcess(['wait', 'bot', 'guarded', '--for=condition=Stalled'], { cwd });
    assert.equal(stalled.code, 0, stalled.stderr);
    const { stdout, code } = await clawfleet(['plan'], { cwd });
    assert.match(stdout, /default\/guarded +… wait .*DeletionProtected: It is no longer declared/);
    assert.equal(code, 0);
  });

  it('is said to be kept at once by who waits for its end, without a terminal too', async () => {
    const waited = ['wait', 'bot', 'guarded', '--for=delete', '--timeout=300ms'];
    const { stderr, code } = await clawfleet(waited, { cwd });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^default\/guarded: Online, DeletionProtected, .*`clawfleet confirm delete guarded`\n/,
    );
  });

  it('is left out of --all, and named there', async () => {
    const { stderr, code } = await inProcess(['confirm', 'delete', '--all'], { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /let go by name only: default\/guarded\./);
  });

  it('is no way to let go of a bot that nobody has taken away', async () => {
    const { stderr } = await inProcess(['confirm', 'delete', 'loose'], { cwd });
    assert.match(
      stderr,
      /^Error: default\/loose is not held from being deleted\.\nHeld are: default\/guarded\./,
    );
  });

  it('goes when it is let go of by name', async () => {
    const waiting = clawfleet(['wait', 'bot', 'guarded', '--for=delete'], { cwd });
    const confirmed = await inProcess(['confirm', 'delete', 'guarded'], { cwd });
    assert.match(confirmed.stdout, /^Confirmed: delete 1 bot \(default\/guarded\)\./m);
    const { code, stderr } = await waiting;
    assert.equal(code, 0, stderr);
    running.child.kill('SIGTERM');
    assert.equal((await running.ended).code, 0);
  });
});
