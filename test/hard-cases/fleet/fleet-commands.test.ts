import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { inProcess } from '../../cli/in-process.ts';
import { FleetBed } from '../fleet-bed.ts';

/** Runs `clawfleet fleet …` on the bed's source and state; returns what it said. */
async function fleet(bed: FleetBed, ...args: string[]): Promise<string> {
  const { directory: cwd, stateFile } = bed;
  const { code, stdout, stderr } = await inProcess(
    ['fleet', ...args, '--source', cwd, '--state', stateFile],
    { cwd },
  );
  assert.equal(code, 0, stderr);
  await bed.rescan();
  return stdout;
}

function loseState(bed: FleetBed): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(bed.stateFile + suffix, { force: true });
}

async function bedWithLostState(test: TestContext): Promise<{ bed: FleetBed; lost: string; ids: number[] }> {
  const bed = new FleetBed(test);
  bed.bots(3);
  await bed.started();
  const lost = bed.source.fleet().state.fleetID;
  const ids = bed.dropletIDs;
  bed.kill();
  loseState(bed);
  await bed.started();
  return { bed, lost, ids };
}

function readyMessage(bed: FleetBed, name: string): string {
  const { conditions = [] } = bed.record(name).status;
  return conditions.find(({ type }) => type === 'Ready')?.message ?? '';
}

describe('clawfleet fleet', () => {
  it('recover, as the bots themselves advise, gives a lost state’s droplets back, and none is made anew', async (test) => {
    const { bed, lost, ids } = await bedWithLostState(test);
    assert.equal(bed.ready('bot0'), 'False UnknownFleet');
    assert.match(readyMessage(bed, 'bot0'), new RegExp(`clawfleet fleet recover --fleet ${lost}`));
    assert.match(await fleet(bed, 'recover', '--fleet', lost), new RegExp(`This is now fleet ${lost}`));
    await bed.pass(200_000);
    assert.equal(bed.controller.overview().ready, 3);
    assert.deepEqual(bed.dropletIDs, ids);
    assert.equal(bed.creates, 3);
    assert.match(await fleet(bed, 'recover', '--fleet', lost), /already/);
  });

  it('recover works while no controller runs, too', async (test) => {
    const { bed, lost, ids } = await bedWithLostState(test);
    bed.kill();
    await fleet(bed, 'recover', '--fleet', lost);
    await bed.started(200_000);
    assert.equal(bed.controller.overview().ready, 3);
    assert.deepEqual(bed.dropletIDs, ids);
    assert.equal(bed.creates, 3);
  });

  it('init leaves the other fleet’s droplets alone and makes new ones', async (test) => {
    const { bed, ids } = await bedWithLostState(test);
    assert.match(await fleet(bed, 'init'), /begins from nothing/);
    await bed.pass(60_000);
    assert.equal(bed.controller.overview().ready, 3);
    assert.equal(bed.creates, 6);
    assert.deepEqual(
      ids.filter((id) => !bed.dropletIDs.includes(id)),
      [],
    );
  });

  it('take-over binds fleet and source together again; before it nothing is done', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.kill();
    await bed.editFleet((state) => ({ ...state, boundTo: 'the directory before it was moved' }));
    bed.bot('heron', { powerState: 'Stopped' });
    bed.bot('egret');
    const mutations = bed.mutations();
    await bed.started(300_000);
    assert.equal(bed.ready('egret'), 'False FleetMismatch');
    assert.equal(bed.mutations(), mutations);
    assert.match(await fleet(bed, 'take-over'), /is now bound to/);
    await bed.pass(60_000);
    assert.equal(bed.ready('egret'), 'True Running');
    assert.equal(bed.ready('heron'), 'True Stopped');
  });

  it('take-over lets another cloud account be the fleet’s, and binds the fleet to that at once', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed();
    bed.kill();
    bed.token = 'another';
    const another = bed.accountOf('another');
    bed.bot('egret');
    await bed.started();
    assert.equal(bed.ready('egret'), 'False CloudAccountChanged');
    await fleet(bed, 'take-over');
    await bed.pass(60_000);
    assert.equal(bed.ready('egret'), 'True Running');
    assert.equal(another.droplets().length, 1);
    bed.kill();
    bed.token = 'x';
    bed.bot('bittern');
    await bed.started();
    assert.equal(bed.ready('bittern'), 'False CloudAccountChanged');
    assert.deepEqual(bed.dropletIDs, []);
  });
});
