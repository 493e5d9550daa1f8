import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const list = { method: 'GET', path: '/v2/droplets' };

describe('a row of a listing that cannot be read', () => {
  it('hides no droplet, proves none lost, and lets the other bots go on', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(3);
    await bed.started(2 * minute);
    const hidden = bed.dropletID('bot0');
    const rule = bed.simulator.faults.order({
      effect: 'garble',
      droplets: { ids: [hidden] },
      field: 'region',
      match: list,
    });
    bed.simulator.destroy(bed.dropletID('bot1'));
    bed.bot('bot1', { droplet: { size: 's-2vcpu-4gb' } });
    bed.bot('bot2', { powerState: 'Stopped' });
    bed.bot('late');
    await bed.changed(20 * minute);
    assert.equal(bed.births, 4, 'that of the new bot, and none for a loss');
    assert.equal(bed.destroys, 0);
    assert.equal(bed.dropletID('bot0'), hidden);
    assert.equal(bed.ready('bot1'), 'False ConfirmingAbsence');
    assert.equal(bed.ready('bot2'), 'True Stopped');
    assert.equal(bed.ready('late'), 'True Running');
    const warned = bed.logs.filter((line) => line.includes('droplets of a listing cannot be read'));
    assert.equal(warned.length, 1);
    bed.simulator.faults.withdraw(rule);
    await bed.pass(3 * minute);
    assert.equal(bed.births, 5);
    assert.equal(bed.ready('bot1'), 'True Running');
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });
});
