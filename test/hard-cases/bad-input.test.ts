import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resourceKey } from '../../src/model/resource-key.ts';
import { FleetBed } from './fleet-bed.ts';

describe('bad input', () => {
  it('of one bot stops nothing else', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('good');
    bed.bot('bad', { persona: 'wizard' });
    await bed.started();
    assert.equal(bed.ready('good'), 'True Running');
    assert.equal(bed.ready('bad'), 'False InvalidSpec');
  });

  it('a wrong project becomes a condition, and no tight loop', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { droplet: { projectID: '5a4981aa-9653-4bd1-bef5-d6bff52042e4' } });
    await bed.started(3_600_000);
    assert.equal(bed.ready('heron'), 'False ChangeRefused');
    const calls = bed.mutations();
    assert.ok(calls < 12, `${calls} mutations within an hour`);
  });

  it('one name in two files: nothing is done for it, and what runs is left alone', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const before = bed.mutations();
    bed.declare(
      'copy.yaml',
      JSON.stringify({
        apiVersion: 'clawfleet.dev/v1alpha1',
        kind: 'Bot',
        metadata: { name: 'heron' },
        spec: { accountRef: { name: 'acme' }, powerState: 'Stopped' },
      }),
    );
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False InvalidSpec');
    assert.equal(bed.mutations(), before);
    bed.undeclare('copy.yaml');
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a wiped status is rebuilt by look-up, and nothing is made twice', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const wiped = bed.source.writeStatus(bed.record('heron'), {});
    await bed.settle();
    await wiped;
    await bed.restarted(200_000);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.find('heron')?.key, resourceKey('default', 'heron'));
  });
});
