import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { botObject, eventually } from '../../contract/source-bed.ts';
import { DirectoryBed } from './directory-bed.ts';

const replaced = /declares no bot and is not the directory in which bots were last seen/;

describe('a directory without any bot', () => {
  let bed: DirectoryBed;
  beforeEach(() => {
    bed = new DirectoryBed();
    bed.write('a.yaml', botObject('a'));
    bed.write('b.yaml', botObject('b'));
  });
  afterEach(() => bed.close());

  const away = () => renameSync(bed.directory, `${bed.directory}.away`);
  const wholesale = (name: string) => bed.bot(name).deletion?.wholesale;
  const assertReplaced = () => {
    for (const name of ['a', 'b']) assert.match(wholesale(name) ?? '', replaced);
  };

  it('that is the same as before tells of bots that were taken out', async () => {
    await bed.start();
    bed.erase('a.yaml');
    bed.erase('b.yaml');
    await bed.source.rescan();
    for (const name of ['a', 'b']) {
      assert.equal(bed.bot(name).deletion?.implicit, true);
      assert.equal(wholesale(name), undefined);
    }
  });

  it('in the place of the one before says so of each bot', async () => {
    await bed.start();
    away();
    mkdirSync(bed.directory);
    await bed.source.rescan();
    assertReplaced();
    assert.equal(bed.source.health().failure, undefined);
  });

  it('does so too when it was made anew and got the number of the old one', async () => {
    await bed.start();
    rmSync(bed.directory, { recursive: true });
    mkdirSync(bed.directory);
    await bed.source.rescan();
    assertReplaced();
  });

  it('does so too when it holds accounts', async () => {
    await bed.start();
    away();
    const account = { apiVersion: 'clawfleet.dev/v1alpha1', kind: 'Account', metadata: { name: 'acme' } };
    bed.write('account.yaml', JSON.stringify({ ...account, spec: { maxBots: 3 } }));
    await bed.source.rescan();
    assertReplaced();
  });

  it('says so of bots that were taken out of the one before', async () => {
    await bed.start();
    bed.erase('a.yaml');
    await bed.source.rescan();
    bed.erase('b.yaml');
    await bed.source.rescan();
    away();
    mkdirSync(bed.directory);
    await bed.source.rescan();
    assertReplaced();
  });

  it('says so after a restart, whether it was replaced before or meanwhile', async () => {
    await bed.start();
    away();
    mkdirSync(bed.directory);
    await bed.start();
    assertReplaced();
    await bed.start();
    assertReplaced();
  });

  it('that is the same as before says nothing of the kind after a restart', async () => {
    await bed.start();
    bed.erase('a.yaml');
    bed.erase('b.yaml');
    await bed.start();
    assert.equal(bed.bot('a').deletion?.implicit, true);
    assert.equal(wholesale('a'), undefined);
  });

  it('loses its bots no more once they are back in yet another one', async () => {
    await bed.start();
    away();
    mkdirSync(bed.directory);
    await bed.source.rescan();
    rmSync(bed.directory, { recursive: true });
    renameSync(`${bed.directory}.away`, bed.directory);
    await bed.source.rescan();
    for (const name of ['a', 'b']) assert.equal(bed.bot(name).deletion, undefined);
    bed.erase('a.yaml');
    bed.erase('b.yaml');
    await bed.source.rescan();
    assert.equal(wholesale('a'), undefined);
  });

  it('that git-sync points to holds the bots; one with some of them tells of the others as taken out', async () => {
    const current = join(bed.base, 'current');
    bed.write('../checkouts/one/a.yaml', botObject('a'));
    bed.write('../checkouts/one/b.yaml', botObject('b'));
    bed.write('../checkouts/two/b.yaml', botObject('b'));
    mkdirSync(join(bed.base, 'checkouts/three'));
    const flip = (checkout: string) => {
      symlinkSync(`checkouts/${checkout}`, join(bed.base, 'next'));
      renameSync(join(bed.base, 'next'), current);
    };
    flip('one');
    await bed.start({ directory: current, watch: true });
    flip('two');
    await eventually(() => bed.bot('a').deletion !== undefined, 'a is taken out');
    assert.equal(wholesale('a'), undefined);
    assert.equal(bed.bot('b').deletion, undefined);
    flip('three');
    await eventually(() => replaced.test(wholesale('b') ?? ''), 'b went with the checkout');
  });

  it('is written down once, and not again at rest', async () => {
    const source = await bed.start();
    const version = () => source.fleet().version;
    const before = version();
    const { openForReading, dataVersion } = await import(
      '../../../src/adapters/directory/state/open-database.ts'
    );
    const db = openForReading(bed.stateFile);
    const seen = dataVersion(db);
    await source.rescan();
    await source.rescan();
    assert.equal(dataVersion(db), seen);
    assert.equal(version(), before);
    db.close();
  });
});
