import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { directoryEditor } from '../../../src/adapters/directory/directory-editor.ts';
import { migrations } from '../../../src/adapters/directory/state/migrations.ts';
import { planRestore, restoreState } from '../../../src/adapters/directory/state/restore-state.ts';
import { backUpState } from '../../../src/adapters/directory/state/saved-state.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import { botObject, statusOf } from '../../contract/source-bed.ts';
import { DirectoryBed } from './directory-bed.ts';

const now = '2026-03-01T12:00:00.000Z';

describe('a copy of the state', () => {
  let bed: DirectoryBed;
  let copy: string;
  beforeEach(() => {
    bed = new DirectoryBed();
    copy = join(bed.base, 'copy.db');
    bed.write('a.yaml', botObject('a'));
  });
  afterEach(() => bed.close());

  const restore = () => restoreState({ stateFile: bed.stateFile, from: copy, now });
  const refusedAs = (reason: string) => (error: unknown) => {
    const fault = faultOf(error);
    return fault?.kind === 'refused' && fault.reason === reason;
  };
  const names = () => [...bed.source.bots()].map(({ name }) => name).sort();
  const stateFiles = () => readdirSync(join(bed.base, 'state')).sort();

  it('is made beside a running controller, with all that is durable', async () => {
    const source = await bed.start();
    await source.writeStatus(bed.bot('a'), statusOf('Online'));
    const { fleet, bots, schema } = backUpState(bed.stateFile, copy, false);
    assert.deepEqual([fleet.fleetID, bots, schema], [source.fleet().state.fleetID, 1, migrations.length]);
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(bed.base).sort(), ['bots', 'copy.db', 'state']);
    await source.writeStatus(bed.bot('a'), statusOf('Paused'));
    await bed.start({ stateFile: copy });
    assert.equal(bed.bot('a').status.phase, 'Online');
  });

  it('overwrites a file only when it may, and never the state itself', async () => {
    await bed.start();
    writeFileSync(copy, 'precious');
    assert.throws(() => backUpState(bed.stateFile, copy, false), refusedAs('FileExists'));
    assert.throws(() => backUpState(bed.stateFile, bed.stateFile, true), refusedAs('FileExists'));
    assert.equal(readFileSync(copy, 'utf8'), 'precious');
    backUpState(bed.stateFile, copy, true);
    assert.equal(planRestore(bed.stateFile, copy).saved.bots, 1);
  });

  it('is not made where nothing is stored, nor of a file that is no state', async () => {
    mkdirSync(join(bed.base, 'state'));
    assert.throws(() => backUpState(bed.stateFile, copy, false), refusedAs('NoState'));
    const other = new DatabaseSync(bed.stateFile);
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();
    assert.throws(() => backUpState(bed.stateFile, copy, false), refusedAs('NotAState'));
    assert.equal(existsSync(copy), false);
  });

  it('takes the place of the state, which is kept', async () => {
    await bed.start();
    backUpState(bed.stateFile, copy, false);
    bed.write('b.yaml', botObject('b'));
    await bed.source.rescan();
    await bed.source.stop();
    const kept = await restore();
    assert.equal(kept, `${bed.stateFile}.before-restore-2026-03-01T120000.000Z`);
    assert.equal(statSync(kept ?? '').mode & 0o777, 0o600);
    assert.equal(planRestore(bed.stateFile, kept ?? '').saved.bots, 2);
    assert.equal(planRestore(bed.stateFile, copy).present?.bots, 1);
    await bed.start();
    assert.deepEqual(names(), ['a', 'b']);
    assert.equal(
      stateFiles().some((file) => file.endsWith('.restoring')),
      false,
    );
  });

  it('does not take the place of a state on which a controller runs', async () => {
    await bed.start();
    backUpState(bed.stateFile, copy, false);
    await assert.rejects(restore(), refusedAs('StateLocked'));
    await bed.source.stop();
    await restore();
  });

  it('comes back where the state is lost, readable by its owner alone', async () => {
    await bed.start();
    const { fleetID } = bed.source.fleet().state;
    backUpState(bed.stateFile, copy, false);
    await bed.source.stop();
    rmSync(join(bed.base, 'state'), { recursive: true });
    assert.equal(await restore(), undefined);
    assert.equal(statSync(bed.stateFile).mode & 0o777, 0o600);
    await bed.start();
    assert.equal(bed.source.fleet().state.fleetID, fleetID);
  });

  it('takes the place of a damaged state, which is kept byte for byte', async () => {
    await bed.start();
    backUpState(bed.stateFile, copy, false);
    await bed.source.stop();
    const damaged = readFileSync(bed.stateFile).fill(0x55, 4096);
    writeFileSync(bed.stateFile, damaged);
    writeFileSync(`${bed.stateFile}-wal`, 'the log of another file');
    assert.equal(planRestore(bed.stateFile, copy).damaged, true);
    const kept = await restore();
    assert.deepEqual(readFileSync(kept ?? ''), damaged);
    assert.equal(readFileSync(`${kept}-wal`, 'utf8'), 'the log of another file');
    await bed.start();
    assert.deepEqual(names(), ['a']);
  });

  it('of another fleet, another account, a later release or a damaged one is refused, and changes nothing', async () => {
    await bed.start({ fleetID: 'summer' });
    backUpState(bed.stateFile, copy, false);
    await bed.source.stop();
    const before = readFileSync(bed.stateFile);
    const other = join(bed.base, 'other.db');
    const refused = async (reason: string, change: (db: DatabaseSync) => void) => {
      backUpState(bed.stateFile, other, true);
      const db = new DatabaseSync(other);
      change(db);
      db.close();
      await assert.rejects(restoreState({ stateFile: bed.stateFile, from: other, now }), refusedAs(reason));
    };
    await refused('FleetMismatch', (db) =>
      db.exec("UPDATE fleet SET state = json_set(state, '$.fleetID', 'winter')"),
    );
    await refused('StateNewer', (db) => db.exec('PRAGMA user_version = 99'));
    await refused('NotAState', (db) => db.exec('DELETE FROM fleet'));
    writeFileSync(other, readFileSync(copy).fill(0x55, 4096));
    await assert.rejects(
      restoreState({ stateFile: bed.stateFile, from: other, now }),
      refusedAs('StateUnreadable'),
    );
    const cloud = (accountUUID: string) => ({ apiURL: 'https://api.example.com', accountUUID });
    const editor = (stateFile: string) => directoryEditor({ directory: bed.directory, stateFile });
    assert.deepEqual(readFileSync(bed.stateFile), before);
    await editor(copy).editFleet((state) => ({ ...state, cloud: cloud('theirs') }));
    await editor(bed.stateFile).editFleet((state) => ({ ...state, cloud: cloud('ours') }));
    await assert.rejects(restore(), refusedAs('CloudAccountChanged'));
  });

  it('confirms nothing a second time', async () => {
    await bed.start();
    const editor = directoryEditor({ directory: bed.directory, stateFile: bed.stateFile });
    const confirmed = { delete: ['default/a' as const], recreate: ['default/a' as const] };
    await editor.editFleet((state) => ({ ...state, confirmed }));
    backUpState(bed.stateFile, copy, false);
    await bed.source.stop();
    await restore();
    await bed.start();
    assert.deepEqual(bed.source.fleet().state.confirmed, { delete: [], recreate: [] });
  });

  it('of an earlier release is restored, and migrated by the next start', async () => {
    mkdirSync(join(bed.base, 'state'));
    const old = new DatabaseSync(copy);
    old.exec(`${migrations[0]}; PRAGMA user_version = 1`);
    const state = { fleetID: 'oldfleet', boundTo: 'x', createdAt: now, holds: [], tombstones: [] };
    old.prepare('INSERT INTO fleet VALUES (1, 1, ?)').run(JSON.stringify(state));
    old.close();
    await restore();
    await bed.start();
    assert.equal(bed.source.fleet().state.fleetID, 'oldfleet');
  });

  it('is restored whole or not at all, whenever the process is killed', async () => {
    bed.write('many.yaml', ...Array.from({ length: 800 }, (_, index) => botObject(`bot-${index}`)));
    await bed.start();
    backUpState(bed.stateFile, copy, false);
    bed.write('more.yaml', ...Array.from({ length: 200 }, (_, index) => botObject(`more-${index}`)));
    await bed.source.rescan();
    await bed.source.stop();
    const [now801, before1001] = [801, 1001];
    const outcomes = new Set<number>();
    for (let round = 0; round < 24; round += 1) {
      await killedAfter(round * 3, bed.stateFile, copy);
      const bots = planRestore(bed.stateFile, copy).present?.bots ?? 0;
      assert.ok(bots === now801 || bots === before1001, `${bots} bots after round ${round}`);
      outcomes.add(bots);
      if (bots === before1001) continue;
      for (const file of stateFiles().filter((name) => name.includes('.before-restore-'))) {
        const kept = join(bed.base, 'state', file);
        if (planRestore(bed.stateFile, kept).saved.bots === before1001)
          await restoreState({ stateFile: bed.stateFile, from: kept, now: `again ${round}` });
      }
    }
    assert.deepEqual([...outcomes].sort(), [before1001, now801].sort());
  });
});

/** Restores in a process that is killed so many ms after it began to. */
async function killedAfter(ms: number, stateFile: string, from: string): Promise<void> {
  const restorer = new URL('./state-restorer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [restorer, stateFile, from], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGKILL'), ms);
  await closed;
}
