import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

async function readyBed(test: TestContext, count: number): Promise<FleetBed> {
  const bed = new FleetBed(test);
  bed.bots(count);
  await bed.started();
  assert.equal(bed.controller.overview().ready, count);
  return bed;
}

function undeclareAll(bed: FleetBed, count: number): void {
  for (let index = 0; index < count; index += 1) bed.undeclare(`bot${index}.yaml`);
}

describe('a source that declares no bot any more', () => {
  for (const count of [1, 3, 4])
    it(`deletes none of ${count} while it is so for eight seconds`, async (test) => {
      const bed = await readyBed(test, count);
      undeclareAll(bed, count);
      await bed.changed(8_000);
      assert.equal(bed.controller.overview().holds[0]?.keys.length, count);
      bed.bots(count);
      await bed.changed(20 * minute);
      assert.equal(bed.destroys, 0);
      assert.equal(bed.creates, count);
      assert.equal(bed.controller.overview().ready, count);
      assert.deepEqual(bed.source.fleet().state.holds, []);
    });

  it('says of each bot until when it stays and how to delete it now, and so does /readyz', async (test) => {
    const bed = await readyBed(test, 1);
    bed.undeclare('bot0.yaml');
    await bed.changed(8_000);
    assert.equal(bed.ready('bot0'), 'False EmptySourceHeld');
    const { until } = bed.source.fleet().state.holds[0] ?? {};
    const stalled = bed.record('bot0').status.conditions?.find(({ type }) => type === 'Stalled');
    assert.equal(stalled?.status, 'True');
    assert.match(stalled?.message ?? '', /No bot is declared.*`clawfleet confirm delete default\/bot0`/);
    assert.ok(stalled?.message.includes(until ?? 'no time'));
    assert.match(bed.controller.overview().notReady.join('\n'), /default\/bot0 not deleted before/);
  });

  it('means it after ten minutes, where they were three at most', async (test) => {
    const bed = await readyBed(test, 3);
    undeclareAll(bed, 3);
    await bed.changed(9 * minute);
    assert.equal(bed.destroys, 0);
    await bed.pass(2 * minute);
    assert.equal(bed.dropletIDs.length, 0);
    const { holds, confirmed } = bed.source.fleet().state;
    assert.deepEqual([holds, confirmed.delete], [[], []]);
  });

  it('waits for a person where they were more', async (test) => {
    const bed = await readyBed(test, 4);
    undeclareAll(bed, 4);
    await bed.changed(60 * minute);
    assert.equal(bed.destroys, 0);
    await bed.confirm('delete', bed.source.fleet().state.holds[0]?.keys ?? []);
    await bed.pass(minute);
    assert.equal(bed.dropletIDs.length, 0);
  });

  it('is believed at once when a person confirms', async (test) => {
    const bed = await readyBed(test, 1);
    bed.undeclare('bot0.yaml');
    await bed.changed(8_000);
    await bed.confirm('delete', [bed.record('bot0').key]);
    await bed.pass(minute);
    assert.equal(bed.dropletIDs.length, 0);
    assert.deepEqual(bed.source.fleet().state.confirmed.delete, []);
  });

  it('holds the same after a restart, for ten minutes more', async (test) => {
    const bed = await readyBed(test, 2);
    undeclareAll(bed, 2);
    await bed.changed(8 * minute);
    await bed.restarted(9 * minute);
    assert.equal(bed.destroys, 0);
    await bed.pass(2 * minute);
    assert.equal(bed.dropletIDs.length, 0);
  });

  it('is held as well when it came about while no controller ran', async (test) => {
    const bed = await readyBed(test, 2);
    bed.kill();
    undeclareAll(bed, 2);
    await bed.started(9 * minute);
    assert.equal(bed.destroys, 0);
    assert.equal(bed.controller.overview().holds[0]?.keys.length, 2);
  });

  it('holds nothing any more when the bots came back while no controller ran', async (test) => {
    const bed = await readyBed(test, 2);
    undeclareAll(bed, 2);
    await bed.changed(minute);
    bed.kill();
    bed.bots(2);
    await bed.started(20 * minute);
    assert.deepEqual(bed.source.fleet().state.holds, []);
    assert.deepEqual([bed.destroys, bed.controller.overview().ready], [0, 2]);
  });

  it('goes on counting down while another bot is declared: the rest of a checkout may still come', async (test) => {
    const bed = await readyBed(test, 3);
    undeclareAll(bed, 3);
    await bed.changed(8_000);
    bed.bot('bot0');
    await bed.changed(5_000);
    bed.bots(3);
    await bed.changed(20 * minute);
    assert.equal(bed.destroys, 0);
  });

  it('holds a second loss as it held the first, whatever was confirmed of that one', async (test) => {
    const bed = await readyBed(test, 1);
    bed.undeclare('bot0.yaml');
    await bed.changed(8_000);
    await bed.confirm('delete', [bed.record('bot0').key]);
    bed.bot('bot0');
    await bed.changed(minute);
    bed.undeclare('bot0.yaml');
    await bed.changed(minute);
    assert.equal(bed.controller.overview().holds.length, 1);
  });
});

describe('a bot that is not the last one', () => {
  it('is deleted at once when it is no longer declared', async (test) => {
    const bed = await readyBed(test, 2);
    bed.undeclare('bot0.yaml');
    await bed.changed(30_000);
    assert.equal(bed.dropletIDs.length, 1);
    assert.deepEqual(bed.source.fleet().state.holds, []);
  });

  it('is deleted at once when it takes another name', async (test) => {
    const bed = await readyBed(test, 1);
    bed.undeclare('bot0.yaml');
    bed.bot('renamed');
    await bed.changed(minute);
    assert.equal(bed.find('bot0'), undefined);
    assert.equal(bed.ready('renamed'), 'True Running');
  });
});

describe('a directory that was replaced by one without any bot', () => {
  for (const count of [1, 3, 4])
    it(`deletes none of ${count}, however long it stays, until a person confirms`, async (test) => {
      const bed = await readyBed(test, count);
      rmSync(bed.directory, { recursive: true });
      mkdirSync(bed.directory);
      await bed.changed(60 * minute);
      await bed.restarted(60 * minute);
      assert.equal(bed.destroys, 0);
      assert.equal(bed.ready('bot0'), 'False MassDeletionHeld');
      assert.equal(bed.source.fleet().state.holds[0]?.until, undefined);
      await bed.confirm('delete', bed.source.fleet().state.holds[0]?.keys ?? []);
      await bed.pass(minute);
      assert.equal(bed.dropletIDs.length, 0);
    });

  it('lasts until the bots are back', async (test) => {
    const bed = await readyBed(test, 2);
    rmSync(bed.directory, { recursive: true });
    mkdirSync(bed.directory);
    await bed.changed(8_000);
    bed.account();
    bed.bots(2);
    await bed.changed(20 * minute);
    assert.deepEqual([bed.destroys, bed.creates, bed.controller.overview().ready], [0, 2, 2]);
    assert.deepEqual(bed.source.fleet().state.holds, []);
  });

  it('takes the end from a hold of bots that were taken out just before', async (test) => {
    const bed = await readyBed(test, 2);
    undeclareAll(bed, 2);
    await bed.changed(minute);
    assert.notEqual(bed.source.fleet().state.holds[0]?.until, undefined);
    rmSync(bed.directory, { recursive: true });
    mkdirSync(bed.directory);
    await bed.changed(60 * minute);
    assert.equal(bed.destroys, 0);
  });
});
