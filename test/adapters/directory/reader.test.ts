import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openDirectoryReader } from '../../../src/adapters/directory/directory-reader.ts';
import { migrations } from '../../../src/adapters/directory/state/migrations.ts';
import { openForWriting } from '../../../src/adapters/directory/state/open-database.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { ResourceKey } from '../../../src/model/resource-key.ts';
import type { SourceReader } from '../../../src/ports/source-reader.ts';
import { accountObject, botObject, eventually, secretObject, statusOf } from '../../contract/source-bed.ts';
import { patience } from '../../lab/patience.ts';
import { DirectoryBed } from './directory-bed.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('openDirectoryReader', () => {
  let bed: DirectoryBed;
  let reader: SourceReader;

  beforeEach(() => {
    bed = new DirectoryBed();
  });
  afterEach(async () => {
    reader.close();
    await bed.close();
  });

  const open = () => {
    const { directory, stateFile } = bed;
    reader = openDirectoryReader({ directory, stateFile, clock: systemClock });
  };
  const bot = async (name: string) => {
    await turn();
    return reader.bots().find((one) => one.name === name) ?? assert.fail(`${name} is not shown`);
  };

  it('shows what is declared before a controller ever ran, and makes no state', async () => {
    bed.write('a.yaml', botObject('a', { persona: 'tweaker' }), accountObject('team'));
    open();
    const [record] = reader.bots();
    assert.equal(record?.spec?.persona, 'tweaker');
    assert.deepEqual([record?.pristine, record?.status], [true, {}]);
    assert.equal(reader.accounts().length, 1);
    assert.equal(reader.fleet(), undefined);
    assert.deepEqual(await reader.events(), []);
    assert.equal(existsSync(bed.stateFile), false);
  });

  it('takes a state file whose controller died before it made its tables for none', async () => {
    bed.write('a.yaml', botObject('a'));
    mkdirSync(dirname(bed.stateFile), { recursive: true });
    openForWriting(bed.stateFile, 'OFF').close();
    open();
    assert.deepEqual([reader.bots()[0]?.name, reader.fleet()], ['a', undefined]);
    const source = await bed.start();
    assert.equal((await bot('a')).uid, bed.bot('a').uid);
    assert.deepEqual(reader.fleet(), source.fleet().state);
  });

  it('shows what a running controller has committed', async () => {
    bed.write('a.yaml', botObject('a'));
    const source = await bed.start();
    open();
    assert.equal((await bot('a')).uid, bed.bot('a').uid);
    await source.writeStatus(bed.bot('a'), statusOf('Online'));
    assert.equal((await bot('a')).status.phase, 'Online');
    assert.deepEqual(reader.fleet(), source.fleet().state);
    assert.equal(reader.boundNow(), source.fleet().boundNow);
  });

  it('shows the records that the controller has, field for field', async () => {
    bed.write('a.yaml', botObject('a'), botObject('b', { persona: 'nonsense' }));
    bed.write('c.yaml', botObject('a'), accountObject('team', { tier: 'pro' }));
    const source = await bed.start();
    await source.writeStatus(bed.bot('b'), statusOf('Pending'));
    open();
    const stored = [...source.bots()].sort((one, other) => (one.key < other.key ? -1 : 1));
    assert.deepEqual(reader.bots(), stored);
    assert.deepEqual(reader.accounts(), [...source.accounts()]);
  });

  it('shows what the controller will do with what changed while it did not run', async () => {
    bed.write('a.yaml', botObject('a'));
    bed.write('b.yaml', botObject('b'));
    const source = await bed.start();
    const before = bed.bot('a');
    await source.stop();
    bed.write('a.yaml', botObject('a', { persona: 'tweaker' }), botObject('c'));
    bed.erase('b.yaml');
    open();
    const a = await bot('a');
    assert.deepEqual([a.uid, a.generation, a.spec?.persona], [before.uid, before.generation + 1, 'tweaker']);
    assert.equal((await bot('b')).deletion?.implicit, true);
    const placeholder = await bot('c');
    bed.write('a.yaml', botObject('a', { persona: 'quant_lite' }), botObject('c'));
    assert.equal((await bot('a')).generation, before.generation + 1);
    await bed.start();
    assert.equal(bed.bot('a').generation, before.generation + 1);
    assert.equal(bed.bot('c').uid, placeholder.uid);
  });

  it('shows a deletion, its end, and what comes after', async () => {
    bed.write('a.yaml', botObject('a'));
    const source = await bed.start();
    open();
    bed.erase('a.yaml');
    await source.rescan();
    assert.ok((await bot('a')).deletion);
    await source.removeFinalizer(bed.bot('a'));
    await turn();
    assert.deepEqual(reader.bots(), []);
    bed.write('a.yaml', botObject('a'));
    await source.rescan();
    assert.equal((await bot('a')).uid, bed.bot('a').uid);
  });

  it('tells events of one bot or of all', async () => {
    bed.write('a.yaml', botObject('a'), botObject('b'));
    const source = await bed.start();
    open();
    for (const name of ['a', 'b', 'a']) {
      const key = `default/${name}` as ResourceKey;
      source.recordEvent({ key, uid: bed.bot(name).uid, type: 'Normal', reason: 'Tested', message: name });
    }
    let stored = 0;
    const count = async () => {
      stored = (await reader.events()).length;
    };
    await eventually(() => {
      void count();
      return stored === 2;
    }, 'the events are stored');
    assert.equal((await reader.events('default/a'))[0]?.count, 2);
  });

  it('tells problems, and the value of a Secret', async () => {
    bed.write('a.yaml', 'kind: "Bot');
    bed.write('b.yaml', secretObject('llm', { key: 'hunter2' }));
    open();
    assert.equal(reader.health().whole, false);
    assert.equal(reader.health().problems.length, 1);
    assert.equal(await reader.secret('default', { name: 'llm', key: 'key' }), 'hunter2');
    assert.equal(await reader.secret('default', { name: 'llm', key: 'no' }), undefined);
  });

  it('calls back soon after a commit, a file’s change, and the first state', async () => {
    bed.write('a.yaml', botObject('a'));
    open();
    let calls = 0;
    const stop = reader.watch(() => {
      calls += 1;
    });
    const source = await bed.start({ watch: true });
    await eventually(() => calls > 0 && reader.fleet(), 'the first state is told');
    const sinceCommit = calls;
    const since = performance.now();
    await source.writeStatus(bed.bot('a'), statusOf('Online'));
    await eventually(() => calls > sinceCommit, 'the commit is told');
    assert.ok(performance.now() - since < 2_000 * patience);
    assert.equal((await bot('a')).status.phase, 'Online');
    bed.write('a.yaml', botObject('a', { persona: 'tweaker' }));
    await eventually(() => reader.bots()[0]?.spec?.persona === 'tweaker', 'the edit is shown');
    stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const afterStop = calls;
    await source.writeStatus(bed.bot('a'), statusOf('Paused'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(calls, afterStop);
  });

  it('refuses a state of another schema, and says what to do', async () => {
    await bed.start();
    await bed.source.stop();
    const db = new DatabaseSync(bed.stateFile);
    db.exec('PRAGMA user_version = 1');
    assert.throws(open, /schema 1.*start the controller once/);
    db.exec('PRAGMA user_version = 99');
    assert.throws(open, /run the newer clawfleet/);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.close();
    open();
  });
});
