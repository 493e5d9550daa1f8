import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

describe('an alarm of the whole fleet', () => {
  it('CloudIncident is a warning of the controller, which stays ready, and ends with the incident', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(3);
    await bed.started();
    const overview = () => bed.controller.overview();
    assert.equal(overview().clouds[0]?.incident, undefined);
    bed.simulator.faults.order({ effect: 'hide', match: { method: 'GET' }, forMs: 5 * minute });
    await bed.pass(2 * minute);
    assert.match(overview().clouds[0]?.incident ?? '', /^3 of 3 droplets are missing from a listing since /);
    assert.match(overview().warnings.join('\n'), /^3 of 3 droplets are missing from a listing since /m);
    assert.doesNotMatch(overview().notReady.join('\n'), /missing from a listing/);
    await bed.pass(10 * minute);
    assert.equal(overview().clouds[0]?.incident, undefined);
    assert.deepEqual([overview().warnings, overview().ready, bed.creates], [[], 3, 3]);
  });

  it('StateIsOld keeps the controller from being ready until a person accepts the state', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(3);
    await bed.started();
    const oldState = { since: new Date(bed.clock.now()).toISOString(), droplets: 3 };
    await bed.editFleet((state) => ({ ...state, oldState }));
    await bed.restarted();
    const overview = () => bed.controller.overview();
    assert.deepEqual(overview().oldState, oldState);
    assert.match(overview().notReady.join('\n'), /^3 droplets are newer than this state .*accept-state`$/);
    await bed.editFleet(({ oldState: _, ...state }) => state);
    await bed.pass(minute);
    assert.deepEqual([overview().oldState, overview().notReady], [undefined, []]);
  });
});
