import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../../hard-cases/fleet-bed.ts';

const stranger = ['openclaw', 'clawfleet-another1'];

describe('FleetGate', () => {
  it('asks whose the droplets are only while the state is empty', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.create('theirs', stranger);
    await bed.restarted();
    bed.bot('egret');
    await bed.changed();
    assert.equal(bed.ready('egret'), 'True Running');
  });

  it('does not mind droplets that no fleet of ours has tagged', async (test) => {
    const bed = new FleetBed(test);
    bed.create('imperative', ['openclaw']);
    await bed.pass(5_000);
    bed.bot('heron');
    await bed.started();
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('opens as soon as someone says that this is a fleet of its own', async (test) => {
    const bed = new FleetBed(test);
    bed.create('theirs', stranger);
    await bed.pass(5_000);
    bed.bot('heron');
    await bed.started();
    assert.equal(bed.ready('heron'), 'False UnknownFleet');
    const { state, version } = bed.source.fleet();
    const saved = bed.source.saveFleet({ ...state, acceptedNew: true }, version);
    await bed.settle();
    await saved;
    await bed.restarted();
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('creates nothing where it is forbidden, and goes on looking after what is there', async (test) => {
    const bed = new FleetBed(test, { engine: { createsForbidden: 'set --control-plane-url' } });
    bed.bot('heron');
    await bed.started();
    assert.equal(bed.ready('heron'), 'False NoControlPlaneURL');
    assert.equal(bed.creates, 0);
  });
});
