import assert from 'node:assert/strict';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

/** The controller's own connections to its state, newest last. */
function connections(test: TestContext): DatabaseSync[] {
  const found: DatabaseSync[] = [];
  const { exec } = DatabaseSync.prototype;
  test.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    if (!found.includes(this)) found.push(this);
    return exec.call(this, sql);
  });
  return found;
}

const filler = `INSERT INTO events (uid, key, type, reason, message, count, first_at, last_at)
  VALUES ('filler', '', 'Normal', '', hex(zeroblob(?)), 1, '', '')`;

/** Lets the store take nothing that needs room, as a full disk does. */
function fill(db: DatabaseSync): void {
  const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
  db.exec(`PRAGMA max_page_count = ${pages}`);
  const insert = db.prepare(filler);
  for (const size of [3_000, 300, 30, 1]) while (fits(insert, size));
}

function fits(insert: StatementSync, size: number): boolean {
  try {
    insert.run(size);
    return true;
  } catch {
    return false;
  }
}

function free(db: DatabaseSync): void {
  db.exec('PRAGMA max_page_count = 1000000');
  db.exec("DELETE FROM events WHERE uid = 'filler'");
}

describe('a full disk', () => {
  it('in the midst of creation loses no droplet, stops creating, and all goes on when there is room', async (test) => {
    const found = connections(test);
    let cut = 0;
    for (const seconds of [0, 0.5, 1, 2, 3.2, 4.5]) {
      const bed = new FleetBed(test, {
        engine: { maxConcurrentCreates: 3 },
        cloud: { bootMs: 3_000, latencyMs: 300 },
      });
      bed.bots(8);
      await bed.started(seconds * 1_000);
      const db = found.at(-1) ?? assert.fail();
      fill(db);
      await bed.pass(10_000);
      const creates = bed.creates;
      await bed.pass(3 * minute);
      assert.equal(bed.creates, creates, `creates on a full disk, full since ${seconds} s`);
      cut += creates < 8 ? 1 : 0;
      free(db);
      await bed.pass(5 * minute);
      assert.equal(bed.controller.overview().ready, 8, `full since ${seconds} s`);
      assert.equal(bed.creates, 8, `full since ${seconds} s`);
      assert.equal(bed.dropletIDs.length, 8);
      bed.close();
    }
    assert.ok(cut >= 3, `only ${cut} times was anything left to create`);
  });
});

describe('a POST', () => {
  it('leaves within 5 s of the stored attempt by the monotonic clock, or is withdrawn unsent', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    bed.writeMs = 5_500;
    await bed.started(5 * minute);
    assert.equal(bed.creates, 0);
    assert.equal(
      bed.logs.some((line) =>
        line.includes('storing the attempt took more than 5 s; the create was withdrawn unsent'),
      ),
      true,
    );
    bed.writeMs = 4_500;
    await bed.pass(2 * minute);
    assert.equal(bed.creates, 1);
    bed.writeMs = 0;
    await bed.pass(minute);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });

  it('that was withdrawn leaves no place taken, no doubt behind it and no wait for a settling window', async (test) => {
    const bed = new FleetBed(test, { engine: { maxConcurrentCreates: 1 } });
    bed.bots(3);
    bed.writeMs = 5_500;
    await bed.started(minute);
    bed.writeMs = 0;
    await bed.pass(40_000);
    assert.equal(bed.controller.overview().ready, 3);
    assert.equal(bed.creates, 3);
  });

  it('that never left is in no doubt, whichever answers of the store were lost', async (test) => {
    for (const lost of [1, 2, 3, 4, 5]) {
      const bed = new FleetBed(test);
      bed.bot('heron');
      bed.lostAnswers = lost;
      await bed.started(30_000);
      assert.equal(bed.lostAnswers, 0);
      assert.equal(bed.ready('heron'), 'True Running', `${lost} answers lost`);
      assert.equal(bed.creates, 1);
    }
  });

  it('does not leave while the lease ends within 5 s', async (test) => {
    const bed = new FleetBed(test);
    bed.leaseMs = 4_000;
    bed.bot('heron');
    await bed.started(minute);
    assert.equal(bed.creates, 0);
    bed.leaseMs = 15_000;
    await bed.pass(minute);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('waits while the lease seems to have run out, as when the wall clock steps, and leaves when it has not', async (test) => {
    const bed = new FleetBed(test);
    bed.account();
    await bed.started();
    bed.leaseMs = 0;
    bed.bot('heron');
    await bed.changed(5_000);
    assert.equal(bed.creates, 0);
    bed.leaseMs = 15_000;
    await bed.pass(30_000);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('nor anything else, and nothing is written, once the lease is lost', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(8);
    await bed.started();
    bed.leaseMs = 0;
    const { writes } = bed;
    const mutations = bed.mutations();
    for (const name of ['bot0', 'bot1', 'bot2', 'bot3', 'bot4']) bed.undeclare(`${name}.yaml`);
    bed.bot('egret');
    bed.account({ maxBots: 4 });
    await bed.changed(5 * minute);
    assert.equal(bed.mutations(), mutations);
    assert.equal(bed.writes, writes);
    bed.leaseMs = Number.POSITIVE_INFINITY;
    await bed.restarted(5 * minute);
    assert.equal(bed.dropletIDs.length, 8);
    assert.equal(bed.source.fleet().state.holds[0]?.keys.length, 5);
  });
});
