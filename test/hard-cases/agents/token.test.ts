import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const forbidden = {
  effect: 'status',
  status: 403,
  message: 'missing required scope droplet:create',
  match: { method: 'POST', path: '/v2/droplets' },
} as const;
const unauthorised = { effect: 'status', status: 401 } as const;

describe('the token', () => {
  it('a missing write scope is a 403 that stalls the bots concerned, told once, and blocks nothing else', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('early');
    await bed.started();
    bed.simulator.faults.order({ ...forbidden });
    bed.bots(5);
    await bed.changed(30_000);
    assert.equal(bed.ready('early'), 'True Running');
    assert.equal(bed.ready('bot3'), 'False CreateRefused');
    assert.equal(bed.logs.filter((line) => line.includes('lacks the scope')).length, 1);
  });

  it('refused as a whole: every bot says so, nothing is concluded, one line, slow retries; all goes on when it is back', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(6);
    await bed.started();
    const rule = bed.simulator.faults.order({ ...unauthorised });
    const before = bed.simulator.journal.entries({}).length;
    await bed.pass(600_000);
    assert.equal(bed.ready('bot0'), 'False Unauthorised');
    assert.equal(bed.dropletIDs.length, 6);
    const calls = bed.simulator.journal.entries({}).length - before;
    assert.ok(calls <= 25, `${calls} calls in ten minutes`);
    bed.simulator.faults.withdraw(rule);
    await bed.pass(120_000);
    assert.equal(bed.controller.overview().ready, 6);
    assert.equal(bed.creates, 6);
  });
});
