import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, it } from 'node:test';
import { fleetTag } from '../../../src/model/identity.ts';
import { FleetBed } from '../../hard-cases/fleet-bed.ts';
import type { WorldOptions } from '../../simulation/world.ts';

const grace = 60_000;

async function bedWithStrays(
  test: TestContext,
  count: number,
  engine: WorldOptions['engine'] = {},
): Promise<FleetBed> {
  const bed = new FleetBed(test, {
    engine: { orphans: 'delete', orphanGraceMs: grace, sweepIntervalMs: 10_000, ...engine },
  });
  await bed.started(1_000);
  const tags = ['openclaw', fleetTag(bed.source.fleet().state.fleetID)];
  for (let index = 0; index < count; index += 1) bed.create(`stray-${index}`, tags);
  return bed;
}

describe('a sweep for orphans', () => {
  it('destroys nothing younger than the grace period', async (test) => {
    const bed = await bedWithStrays(test, 1);
    await bed.pass(grace - 1_000);
    assert.equal(bed.destroys, 0);
    await bed.pass(60_000);
    assert.equal(bed.destroys, 1);
  });

  it('destroys three at a time', async (test) => {
    const bed = await bedWithStrays(test, 8, { sweepIntervalMs: 20_000 });
    await bed.pass(grace);
    const counts: number[] = [];
    for (let sweeps = 0; sweeps < 5; sweeps += 1) {
      await bed.pass(20_000);
      counts.push(bed.destroys);
    }
    assert.ok(
      counts.every((count, index) => count - (counts[index - 1] ?? 0) <= 3),
      counts.join(),
    );
    assert.equal(bed.dropletIDs.length, 0);
  });

  it('destroys nothing while a file does not parse', async (test) => {
    const bed = await bedWithStrays(test, 1);
    bed.declare('broken.yaml', '{ kind: [');
    await bed.changed(300_000);
    assert.equal(bed.destroys, 0);
    bed.undeclare('broken.yaml');
    await bed.changed(60_000);
    assert.equal(bed.destroys, 1);
  });

  it('leaves a droplet alone that a bot declares to adopt', async (test) => {
    const bed = await bedWithStrays(test, 1);
    const [id] = bed.dropletIDs;
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed(300_000);
    assert.equal(bed.destroys, 0);
  });

  it('counts anew for a droplet that was somebody’s in between', async (test) => {
    const bed = await bedWithStrays(test, 1);
    const [id = 0] = bed.dropletIDs;
    await bed.pass(grace / 2);
    bed.simulator.edit(id, { tags: [] });
    await bed.pass(20_000);
    bed.simulator.edit(id, { tags: ['openclaw', fleetTag(bed.source.fleet().state.fleetID)] });
    await bed.pass(grace / 2);
    assert.equal(bed.destroys, 0);
  });
});
