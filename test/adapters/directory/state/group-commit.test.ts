import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, it } from 'node:test';
import { GroupCommit } from '../../../../src/adapters/directory/state/group-commit.ts';
import { faultOf, PortError } from '../../../../src/ports/port-error.ts';

describe('GroupCommit', () => {
  let db: DatabaseSync;
  let outcomes: (string | undefined)[];
  let commits: GroupCommit;

  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE facts (fact TEXT)');
    outcomes = [];
    commits = new GroupCommit(db, (failure) => outcomes.push(failure?.fault.kind));
  });

  const put = (fact: string) =>
    commits.submit(() => {
      db.prepare('INSERT INTO facts VALUES (?)').run(fact);
      return () => fact;
    });
  const facts = () =>
    db
      .prepare('SELECT fact FROM facts')
      .all()
      .map(({ fact }) => fact);

  it('stores what is submitted in one turn in one transaction', async () => {
    const [one, two] = await Promise.all([put('one'), put('two')]);
    assert.deepEqual([one, two], ['one', 'two']);
    assert.deepEqual(outcomes, [undefined]);
    await put('three');
    assert.equal(outcomes.length, 2);
  });

  it('settles nothing before the commit', async () => {
    let inTransaction = true;
    await commits.submit(() => () => {
      inTransaction = db.isTransaction;
    });
    assert.equal(inTransaction, false);
  });

  it('refuses one write without hurting the others of its commit', async () => {
    const lost = commits.submit(() => {
      throw new PortError({ kind: 'conflict' }, 'moved on');
    });
    const stored = put('one');
    await assert.rejects(lost, (error) => faultOf(error, 'conflict') !== undefined);
    await stored;
    assert.deepEqual(facts(), ['one']);
  });

  it('stores nothing of a commit for which there is no room, and tells every writer', async () => {
    db.exec('PRAGMA max_page_count = 4');
    const writes = await Promise.allSettled([put('small'), put('x'.repeat(100_000)), put('small too')]);
    for (const write of writes) {
      assert.ok(write.status === 'rejected' && faultOf(write.reason, 'full'));
    }
    assert.deepEqual(facts(), []);
    assert.deepEqual(outcomes, ['full']);
    await put('small');
    assert.deepEqual(facts(), ['small']);
    assert.deepEqual(outcomes, ['full', undefined]);
  });

  it('stores what waits when it is closed, and nothing after', async () => {
    const stored = put('one');
    commits.close();
    assert.equal(await stored, 'one');
    await assert.rejects(put('two'), (error) => faultOf(error, 'unavailable') !== undefined);
    assert.deepEqual(facts(), ['one']);
  });
});
