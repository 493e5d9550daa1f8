import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { resourceUID } from '../../../src/adapters/directory/declaration.ts';
import { directoryEditor } from '../../../src/adapters/directory/directory-editor.ts';
import { openDirectoryReader } from '../../../src/adapters/directory/directory-reader.ts';
import { migrations } from '../../../src/adapters/directory/state/migrations.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import { botObject, eventually, secretObject, statusOf } from '../../contract/source-bed.ts';
import { patience } from '../../lab/patience.ts';
import { DirectoryBed } from './directory-bed.ts';

/** Leaves not a kilobyte free, in files named `filler…`. */
function fillUp(mount: string): void {
  for (let size = 65_536; size >= 1024; size /= 2) {
    try {
      for (let part = 0; ; part++)
        writeFileSync(join(mount, `filler-${size}-${part}`), Buffer.alloc(size, 1));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
  }
}

describe('the state file', () => {
  let bed: DirectoryBed;
  const children = new Set<ChildProcess>();

  beforeEach(() => {
    bed = new DirectoryBed();
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await bed.close();
  });

  const startWriter = () => {
    const script = join(import.meta.dirname, 'state-writer.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, bed.directory, bed.stateFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(child);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
    });
    return { child, output: () => output };
  };
  const kill = async (child: ChildProcess) => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    children.delete(child);
  };
  const refusedFor = (reason: string, pattern: RegExp) => (error: Error) => {
    const fault = faultOf(error, 'refused');
    assert.equal(fault?.kind === 'refused' && fault.reason, reason, String(error));
    assert.match(error.message, pattern);
    return true;
  };

  it('is for its owner alone, as is what goes with it', async () => {
    bed.write('a.yaml', botObject('a'));
    await bed.start();
    for (const file of readdirSync(join(bed.base, 'state'))) {
      if (!file.startsWith('fleet.db.lock')) {
        assert.equal(statSync(join(bed.base, 'state', file)).mode & 0o077, 0, file);
      }
    }
  });

  it('never holds a Secret, whole or in part', async () => {
    bed.write('a.yaml', secretObject('llm', { key: 'hunter2-in-the-clear' }), botObject('a'));
    bed.write('b.yaml', `${JSON.stringify(secretObject('x', { key: 'hunter2-broken' }))}\n---\nkind: "Bot`);
    await bed.start();
    await bed.source.writeStatus(bed.bot('a'), statusOf('Online'));
    await bed.source.rescan();
    for (const file of readdirSync(join(bed.base, 'state'))) {
      assert.ok(!readFileSync(join(bed.base, 'state', file)).includes('hunter2'), file);
    }
    assert.ok(!JSON.stringify(bed.source.health()).includes('hunter2'));
    await bed.start();
    assert.equal(await bed.source.secret('default', { name: 'llm', key: 'key' }), 'hunter2-in-the-clear');
  });

  it('admits one controller, and names who holds it', async () => {
    bed.write('a.yaml', botObject('a'));
    const { child, output } = startWriter();
    await eventually(() => output().includes('started'), 'the other process runs');
    await eventually(() => output().includes('a 1'), 'the other process has written');
    await assert.rejects(
      bed.start(),
      refusedFor('StateLocked', new RegExp(`in use by another controller \\(pid ${child.pid} on .+--state`)),
    );
    await kill(child);
    await bed.start();
    assert.ok(bed.bot('a').status.observedGeneration);
  });

  it('admits one source within a process too', async () => {
    await bed.start();
    const first = bed.source;
    const second = bed.open({ watch: false });
    await assert.rejects(second.start(bed.told), refusedFor('StateLocked', new RegExp(`pid ${process.pid}`)));
    await second.stop();
    await first.stop();
  });

  it('loses nothing that was durable and holds nothing half when its process is killed', async () => {
    bed.write('bots.yaml', ...Array.from({ length: 20 }, (_, index) => botObject(`bot-${index}`)));
    let wholeWrites = 0;
    for (let round = 0; round < 3; round++) {
      const { child, output } = startWriter();
      await eventually(() => output().split('\n').length > 200 * (round + 1), 'some writes are done');
      await kill(child);
      await bed.start();
      const durable = new Map<string, number>();
      for (const line of output().split('\n').slice(0, -1)) {
        const [name, number] = line.split(' ');
        if (name && number) durable.set(name, Number(number));
      }
      for (const { name, status } of bed.source.bots()) {
        const number = status.observedGeneration ?? 0;
        assert.ok(number >= (durable.get(name) ?? 0), `${name}: ${number} after ${durable.get(name)}`);
        assert.equal(status.knownDropletIDs?.length, number % 200);
        assert.ok(status.knownDropletIDs?.every((one) => one === number));
        wholeWrites += number;
      }
      await bed.source.stop();
    }
    assert.ok(wholeWrites > 600);
  });

  it('shares one commit among writes made together', async () => {
    bed.write('bots.yaml', ...Array.from({ length: 1000 }, (_, index) => botObject(`bot-${index}`)));
    await bed.start({ synchronous: 'FULL' });
    const status: BotStatus = {
      ...statusOf('Online'),
      conditions: (['Ready', 'Reconciling', 'Stalled'] as const).map((type) => ({
        type,
        status: 'True',
        reason: 'AsDeclared',
        message: 'Everything is as declared.',
        lastTransitionTime: '2026-01-01T00:00:00.000Z',
        observedGeneration: 1,
      })),
    };
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const since = performance.now();
      await Promise.all([...bed.source.bots()].map((record) => bed.source.writeStatus(record, status)));
      times.push(performance.now() - since);
    }
    const best = Math.min(...times);
    console.log(`1000 durable statuses written together: best ${best.toFixed(1)} ms`);
    assert.ok(best < 500 * patience);
  });

  it('keeps what was committed and drops the rest when its owner vanishes within the process', async () => {
    bed.write('a.yaml', botObject('a'));
    const source = await bed.start();
    await source.writeStatus(bed.bot('a'), statusOf('Provisioning'));
    let settled = false;
    const note = () => {
      settled = true;
    };
    source.writeStatus(bed.bot('a'), statusOf('Online')).then(note, note);
    source.abandon();
    source.writeStatus(bed.bot('a'), statusOf('Error')).then(note, note);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(settled, false);
    await bed.start();
    assert.equal(bed.bot('a').status.phase, 'Provisioning');
  });

  it('refuses writes after the end', async () => {
    bed.write('a.yaml', botObject('a'));
    const source = await bed.start();
    const record = bed.bot('a');
    await source.stop();
    await assert.rejects(
      source.writeStatus(record, statusOf('Online')),
      (error) => faultOf(error, 'unavailable') !== undefined,
    );
  });

  describe('parsed manifests in it', () => {
    /** Makes the state claim another spec than the files, to see which of them a start goes by. */
    const forge = () => {
      const db = new DatabaseSync(bed.stateFile);
      db.exec(`UPDATE declarations SET spec = '{"accountRef":{"name":"team"},"persona":"quant_lite"}'`);
      return db;
    };

    it('spare a restart the parsing of files that are as they were', async () => {
      bed.write('a.yaml', botObject('a', { persona: 'tweaker' }));
      await bed.start();
      await bed.source.stop();
      forge().close();
      await bed.start();
      assert.equal(bed.bot('a').spec?.persona, 'quant_lite');
    });

    it('are of no use for other content, or to another parser', async () => {
      bed.write('a.yaml', botObject('a', { persona: 'tweaker' }));
      bed.write('b.yaml', botObject('b', { persona: 'tweaker' }));
      await bed.start();
      await bed.source.stop();
      const db = forge();
      db.exec(`UPDATE files SET parser = 0 WHERE path = 'b.yaml'`);
      db.close();
      bed.write('a.yaml', botObject('a', { persona: 'beginner' }));
      await bed.start();
      assert.equal(bed.bot('a').spec?.persona, 'beginner');
      assert.equal(bed.bot('b').spec?.persona, 'tweaker');
    });

    it('go with their file', async () => {
      bed.write('a.yaml', botObject('a'));
      bed.write('b.yaml', botObject('b'));
      await bed.start();
      bed.erase('a.yaml');
      await bed.source.rescan();
      await bed.source.stop();
      bed.erase('b.yaml');
      await bed.start();
      await bed.source.stop();
      const db = new DatabaseSync(bed.stateFile);
      assert.equal(db.prepare('SELECT count(*) AS n FROM files').get()?.['n'], 0);
      assert.equal(db.prepare('SELECT count(*) AS n FROM declarations').get()?.['n'], 0);
      db.close();
    });
  });

  it('of the first schema is migrated, with everything in it', async () => {
    mkdirSync(join(bed.base, 'state'));
    const db = new DatabaseSync(bed.stateFile);
    db.exec(`${migrations[0]}; PRAGMA user_version = 1`);
    const state = { fleetID: 'oldfleet', boundTo: 'somewhere', createdAt: '2026-01-01T00:00:00.000Z' };
    db.prepare('INSERT INTO fleet VALUES (1, 7, ?)').run(JSON.stringify(state));
    const uid = resourceUID('oldfleet', 'Bot', 'default', 'a', 0);
    db.prepare('INSERT INTO resources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      uid,
      'Bot',
      'default',
      'a',
      0,
      3,
      9,
      '2026-01-02T00:00:00.000Z',
      null,
      'a.yaml:1:1',
      '{"accountRef":{"name":"team"}}',
      '{"phase":"Online"}',
    );
    db.close();
    bed.write('a.yaml', botObject('a'));
    const source = await bed.start();
    const { generation, version, createdAt, status, pristine } = bed.bot('a');
    assert.equal(bed.bot('a').uid, uid);
    assert.deepEqual(
      { generation, version, createdAt, status, pristine },
      {
        generation: 3,
        version: '9',
        createdAt: '2026-01-02T00:00:00.000Z',
        status: { phase: 'Online' },
        pristine: false,
      },
    );
    assert.equal(source.fleet().state.fleetID, 'oldfleet');
    assert.equal(source.fleet().fresh, false);
    assert.notEqual(source.fleet().boundNow, source.fleet().state.boundTo);
    await source.stop();
    const migrated = new DatabaseSync(bed.stateFile);
    assert.equal(migrated.prepare('PRAGMA user_version').get()?.['user_version'], migrations.length);
    migrated.close();
  });

  it('of a newer schema is refused and left alone', async () => {
    await bed.start();
    await bed.source.stop();
    const db = new DatabaseSync(bed.stateFile);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const before = readFileSync(bed.stateFile);
    await assert.rejects(bed.start(), refusedFor('StateNewer', /has schema 99, .* knows up to \d+/));
    assert.deepEqual(readFileSync(bed.stateFile), before);
  });

  it('that is no database, or a damaged one, is refused and left alone', async () => {
    mkdirSync(join(bed.base, 'state'));
    writeFileSync(bed.stateFile, 'These are not the bots you are looking for.\n'.repeat(500));
    const text = readFileSync(bed.stateFile);
    await assert.rejects(bed.start(), refusedFor('StateUnreadable', /not a database; restore it/));
    assert.deepEqual(readFileSync(bed.stateFile), text);
    renameSync(bed.stateFile, `${bed.stateFile}.bad`);
    bed.write('bots.yaml', ...Array.from({ length: 200 }, (_, index) => botObject(`bot-${index}`)));
    await bed.start();
    await bed.source.stop();
    const damaged = readFileSync(bed.stateFile);
    damaged.fill(0x55, 4096);
    writeFileSync(bed.stateFile, damaged);
    await assert.rejects(bed.start(), refusedFor('StateUnreadable', /restore it/));
    assert.deepEqual(readFileSync(bed.stateFile), damaged);
  });

  it('belongs to its fleet: another --fleet-id is refused, the same one is not', async () => {
    await bed.start({ fleetID: 'summer' });
    assert.equal(bed.source.fleet().state.fleetID, 'summer');
    await bed.start({ fleetID: 'summer' });
    await assert.rejects(
      bed.start({ fleetID: 'winter' }),
      refusedFor('FleetMismatch', /fleet summer, not winter/),
    );
  });

  it('is bound to its directory and its own place', async () => {
    await bed.start();
    const { state, boundNow } = bed.source.fleet();
    assert.equal(boundNow, `directory:${bed.directory};state:${bed.stateFile}`);
    assert.equal(state.boundTo, boundNow);
    renameSync(bed.directory, `${bed.directory}-moved`);
    await bed.start({ directory: `${bed.directory}-moved` });
    assert.notEqual(bed.source.fleet().boundNow, bed.source.fleet().state.boundTo);
  });

  describe('on a machine that has an id', () => {
    const bound = (machine?: string) => `directory:${bed.directory};state:${bed.stateFile}${machine ?? ''}`;

    it('is bound to that, and no more where it was copied, until it is taken over', async () => {
      await bed.start({ machine: 'aa' });
      assert.equal(bed.source.fleet().state.boundTo, bound(';machine:aa'));
      await bed.start({ machine: 'bb' });
      const { state, boundNow } = bed.source.fleet();
      assert.deepEqual([state.boundTo, boundNow], [bound(';machine:aa'), bound(';machine:bb')]);
      const editor = directoryEditor({ directory: bed.directory, stateFile: bed.stateFile });
      await editor.editFleet((fleet) => ({ ...fleet, boundTo: boundNow }));
      await bed.source.rescan();
      assert.equal(bed.source.fleet().boundNow, bed.source.fleet().state.boundTo);
    });

    it('is bound to it by one write where an earlier release bound it to its places alone', async () => {
      await bed.start();
      const before = Number(bed.source.fleet().version);
      for (const start of ['first', 'second']) {
        await bed.start({ machine: 'aa' });
        const { state, boundNow, version } = bed.source.fleet();
        assert.deepEqual([state.boundTo, boundNow], [bound(';machine:aa'), bound(';machine:aa')], start);
        assert.equal(Number(version), before + 1);
      }
    });

    it('is not bound to it where the places differ as well', async () => {
      await bed.start();
      renameSync(bed.directory, `${bed.directory}-moved`);
      await bed.start({ directory: `${bed.directory}-moved`, machine: 'aa' });
      assert.equal(bed.source.fleet().state.boundTo, bound());
      assert.match(bed.source.fleet().boundNow, /moved;.*machine:aa$/);
    });

    it('stays bound to it, without a write, where a container does not know its machine', async () => {
      await bed.start({ machine: 'aa' });
      const { version } = bed.source.fleet();
      for (const machine of [undefined, 'aa', undefined]) {
        await bed.start({ machine });
        const { state, boundNow, version: now } = bed.source.fleet();
        assert.deepEqual([state.boundTo, boundNow, now], [boundNow, bound(';machine:aa'), version]);
      }
    });

    it('is looked at alike from outside', async () => {
      await bed.start({ machine: 'aa' });
      const boundNow = (machine?: string) => {
        const { directory, stateFile } = bed;
        const reader = openDirectoryReader({ directory, stateFile, machine, clock: systemClock });
        try {
          return reader.boundNow();
        } finally {
          reader.close();
        }
      };
      assert.equal(boundNow('aa'), bound(';machine:aa'));
      assert.equal(boundNow(), bound(';machine:aa'));
      assert.equal(boundNow('bb'), bound(';machine:bb'));
    });
  });

  it('is no longer bound once links lead to the directory of another place', async () => {
    for (const place of ['one', 'two']) mkdirSync(join(bed.base, place, 'bots'), { recursive: true });
    symlinkSync('one', join(bed.base, 'here'));
    await bed.start({ directory: join(bed.base, 'here', 'bots') });
    symlinkSync('two', join(bed.base, 'next'));
    renameSync(join(bed.base, 'next'), join(bed.base, 'here'));
    await bed.source.rescan();
    const { state, boundNow } = bed.source.fleet();
    assert.match(boundNow, /two\/bots/);
    assert.notEqual(boundNow, state.boundTo);
    assert.equal(bed.told.fleet, 1);
  });

  it('made anew under the old fleet id gives every bot its old uid', async () => {
    bed.write('bots.yaml', botObject('a'), botObject('b'));
    await bed.start();
    const { fleetID } = bed.source.fleet().state;
    const before = bed.bot('a').uid;
    bed.erase('../state');
    await bed.start({ fleetID });
    assert.equal(bed.bot('a').uid, before);
  });

  it('gives bots without a droplet the uids of another fleet whose place it takes', async () => {
    bed.write('bots.yaml', botObject('a'), botObject('b'));
    const source = await bed.start();
    await source.writeStatus(bed.bot('b'), {
      ...statusOf('Provisioning'),
      operation: { type: 'Start', step: 'PowerOn', startedAt: '', stepAt: '' },
    });
    const kept = bed.bot('b').uid;
    const stale = bed.bot('a');
    const editor = directoryEditor({ directory: bed.directory, stateFile: bed.stateFile });
    await editor.editFleet((state) => ({ ...state, fleetID: 'oldfleet' }));
    await source.rescan();
    assert.equal(bed.bot('a').uid, resourceUID('oldfleet', 'Bot', 'default', 'a', 0));
    assert.equal(bed.bot('a').pristine, false);
    assert.equal(bed.bot('b').uid, kept);
    await assert.rejects(source.writeStatus(stale, statusOf('Online')), /is gone/);
    await source.writeStatus(bed.bot('a'), statusOf('Online'));
    await bed.start();
    assert.equal(bed.bot('a').status.phase, 'Online');
  });

  it('on a full disk takes nothing in part, says so, and recovers by itself', async (test) => {
    const mount = join(bed.base, 'state');
    mkdirSync(mount);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]).status !== 0) {
      test.skip('mounting a small file system is not permitted here');
      return;
    }
    try {
      bed.write('bots.yaml', ...Array.from({ length: 50 }, (_, index) => botObject(`bot-${index}`)));
      const source = await bed.start({ synchronous: 'FULL' });
      fillUp(mount);
      const big = { ...statusOf('Online'), knownDropletIDs: Array.from({ length: 16_000 }, (_, id) => id) };
      const outcomes = await Promise.allSettled(
        [...source.bots()].map((bot) => source.writeStatus(bot, big)),
      );
      const faults = outcomes.map((one) => one.status === 'rejected' && faultOf(one.reason)?.kind);
      assert.deepEqual(new Set(faults), new Set(['full']));
      assert.match(source.health().failure ?? '', /cannot write the state/);
      assert.ok([...source.bots()].every(({ status, pristine }) => !status.phase && pristine));
      bed.write('late.yaml', botObject('late'));
      await source.rescan();
      for (const file of readdirSync(mount)) if (file.startsWith('filler')) bed.erase(`../state/${file}`);
      await source.rescan();
      assert.equal(source.health().failure, undefined);
      assert.ok(bed.bot('late'));
      await source.writeStatus(bed.bot('late'), statusOf('Online'));
      await source.stop();
    } finally {
      await bed.source.stop();
      assert.equal(spawnSync('umount', [mount]).status, 0);
    }
  });
});
