import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const post = { method: 'POST', path: '/v2/droplets' };
const gpu = { droplet: { size: 'gpu-h100x1-80gb', region: 'tor1' } };

/** Plain listings and searches by name leave GPU droplets out. */
describe('a GPU droplet', () => {
  it('whose create was not answered is found, and not made a second time', async (test) => {
    const bed = new FleetBed(test, { faults: [{ effect: 'cutAfter', match: post, nth: 1 }] });
    bed.bot('heron', gpu);
    await bed.started(10 * minute);
    assert.ok(bed.logs.some((line) => line.includes('CreateInDoubt')));
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.creates, 1);
    assert.equal(bed.dropletIDs.length, 1);
  });

  it('is neither missed by sweeps nor by a controller that starts again', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(3);
    bed.bot('heron', gpu);
    await bed.started(5 * minute);
    bed.kill();
    await bed.pass(minute);
    await bed.started(10 * minute);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.creates, 4);
    assert.equal(bed.destroys, 0);
  });
});
