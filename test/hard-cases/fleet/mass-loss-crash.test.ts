import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
/** More than the controller takes from its first call to the hold. */
const mostSteps = 40;
/** After the first look missed something, this is just before the second one, which proves it. */
const beforeLookMs = 99;

async function readyBed(test: TestContext, bots = 8): Promise<FleetBed> {
  const bed = new FleetBed(test);
  bed.bots(bots);
  await bed.started();
  assert.equal(bed.controller.overview().ready, bots);
  return bed;
}

/** Starts a controller that dies at its `steps`th step, and another one after `downMs`. */
async function diedAndBack(bed: FleetBed, steps: number, downMs: number): Promise<void> {
  bed.kill();
  await bed.start(steps);
  await isBack(bed, downMs);
}

/** The same; what is missing is looked for once more, and the steps count from before that look. */
async function lookedDiedAndBack(bed: FleetBed, steps: number, downMs: number): Promise<void> {
  bed.kill();
  await bed.start();
  await bed.pass(beforeLookMs);
  bed.dieIn(steps);
  await isBack(bed, downMs);
}

async function isBack(bed: FleetBed, downMs: number): Promise<void> {
  await bed.pass(10_000);
  bed.kill();
  await bed.pass(downMs);
  await bed.started(10 * minute);
}

function undeclare(bed: FleetBed, from: number, to: number): void {
  for (let index = from; index < to; index += 1) bed.undeclare(`bot${index}.yaml`);
}

describe('a mass loss, and the controller dies before the hold is stored', () => {
  for (const [downMs, stride] of [
    [1_000, 1],
    [30 * minute, 3],
  ] as const) {
    const down = `${downMs / 1000} s later`;

    it(`creates nothing anew ${down}, whatever step it died at`, async (test) => {
      for (let steps = 1; steps < mostSteps; steps += stride) {
        const bed = await readyBed(test);
        for (const id of bed.dropletIDs.slice(0, 6)) bed.simulator.destroy(id);
        await diedAndBack(bed, steps, downMs);
        assert.equal(bed.creates, 8, `died at step ${steps}`);
        assert.equal(bed.source.fleet().state.holds[0]?.keys.length, 6);
        bed.close();
      }
    });

    it(`deletes nothing more ${down}, though the first of them are gone already`, async (test) => {
      for (let steps = 1; steps < mostSteps; steps += stride) {
        const bed = await readyBed(test);
        undeclare(bed, 0, 3);
        await bed.changed(20_000);
        assert.equal(bed.dropletIDs.length, 5);
        undeclare(bed, 3, 6);
        await lookedDiedAndBack(bed, steps, downMs);
        assert.equal(bed.dropletIDs.length, 5, `died at step ${steps}`);
        bed.close();
      }
    });
  }
});

describe('losses before and after a restart', () => {
  it('of droplets count together, though neither is so many that the cloud is doubted', async (test) => {
    const bed = await readyBed(test, 9);
    for (const id of bed.dropletIDs.slice(0, 3)) bed.simulator.destroy(id);
    await bed.pass(2 * minute);
    assert.equal(bed.creates, 12);
    await bed.restarted();
    for (const name of ['bot5', 'bot6', 'bot7']) bed.simulator.destroy(bed.dropletID(name));
    await bed.pass(2 * minute);
    assert.equal(bed.dropletIDs.length, 6);
    assert.equal(bed.source.fleet().state.holds[0]?.before, 9);
  });

  it('of declarations count together', async (test) => {
    const bed = await readyBed(test);
    undeclare(bed, 0, 3);
    await bed.changed(20_000);
    await bed.restarted();
    undeclare(bed, 3, 6);
    await bed.changed(2 * minute);
    assert.equal(bed.dropletIDs.length, 5);
    assert.equal(bed.source.fleet().state.holds[0]?.before, 8);
  });

  it('count no more after ten minutes, nor once confirmed', async (test) => {
    const bed = await readyBed(test);
    undeclare(bed, 0, 3);
    await bed.changed(20_000);
    await bed.restarted(10 * minute);
    undeclare(bed, 3, 6);
    await bed.changed(2 * minute);
    assert.equal(bed.dropletIDs.length, 2);
  });
});
