import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentBed } from '../agents/agent-bed.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const post = { method: 'POST', path: '/v2/droplets' };

/** The bot's droplet is lost, and made good. */
async function lost(bed: FleetBed, name: string): Promise<void> {
  bed.simulator.destroy(bed.dropletID(name));
  await bed.pass(2 * minute);
}

/** Nothing is made or destroyed for a state that is old, nor when a person has accepted it as it is. */
async function staysAsItIs(bed: FleetBed): Promise<void> {
  const before = { ids: bed.dropletIDs, births: bed.births };
  await bed.pass(10 * minute);
  await bed.acceptState();
  await bed.pass(30 * minute);
  assert.deepEqual({ ids: bed.dropletIDs, births: bed.births }, before);
}

describe('a state from before', () => {
  it('a loss: the droplet that was made since is taken over', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const copy = bed.backUp();
    await lost(bed, 'heron');
    const living = bed.dropletID('heron');
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.dropletID('heron'), living);
    assert.equal(bed.record('heron').status.births, 2);
    assert.equal(bed.ready('heron'), 'True Running');
    await staysAsItIs(bed);
  });

  it('the losses of a whole fleet: each droplet is taken over', async (test) => {
    const bed = new FleetBed(test);
    const names = bed.bots(3);
    await bed.started();
    const copy = bed.backUp();
    for (const name of names) await lost(bed, name);
    const living = names.map((name) => bed.dropletID(name));
    await bed.wentBack(copy, 15 * minute);
    assert.deepEqual(
      names.map((name) => bed.dropletID(name)),
      living,
    );
    await staysAsItIs(bed);
    assert.deepEqual(bed.source.fleet().state.holds, []);
  });

  it('a redeploy: it counts as carried out', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const copy = bed.backUp();
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(5 * minute);
    const living = bed.dropletID('heron');
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.dropletID('heron'), living);
    assert.equal(bed.record('heron').status.handledRequests?.redeploy, 'one');
    await staysAsItIs(bed);
    assert.equal(bed.ready('heron'), 'True Running');
    bed.bot('heron', { redeployRequest: 'two' });
    await bed.changed(5 * minute);
    assert.notEqual(bed.dropletID('heron'), living);
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });

  it('the first create: the droplet is taken over', async (test) => {
    const bed = new FleetBed(test);
    await bed.started(1_000);
    const copy = bed.backUp();
    bed.bot('heron');
    await bed.changed();
    const living = bed.dropletID('heron');
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.dropletID('heron'), living);
    await staysAsItIs(bed);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a deletion: what is gone is not made again', async (test) => {
    const bed = new FleetBed(test);
    bed.bystander();
    bed.bot('heron');
    await bed.started();
    const copy = bed.backUp();
    bed.undeclare('heron.yaml');
    await bed.changed();
    assert.deepEqual(bed.dropletIDs, []);
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.find('heron'), undefined);
    assert.equal(bed.births, 1);
  });
});

describe('the agent of a droplet that an old state takes over', () => {
  it('is not known: a person is told, and the droplet is neither rebooted nor replaced for its silence', async (test) => {
    const bed = new AgentBed(test);
    const names = bed.bots(3, { health: { remediation: 'Replace' } });
    await bed.started();
    await bed.enrol(...names);
    await bed.pass(minute);
    const copy = bed.backUp();
    await lost(bed, 'bot0');
    bed.useToken('bot0', `agent-token-of-the-second-${'x'.repeat(32)}`);
    await bed.enrol('bot0');
    const living = bed.dropletID('bot0');
    bed.beating.delete('bot0');
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.dropletID('bot0'), living);
    assert.equal(bed.ready('bot0'), 'False NotEnrolled');
    await staysAsItIs(bed);
    await bed.pass(180 * minute);
    assert.equal(bed.dropletID('bot0'), living);
    assert.equal(bed.calls('POST /v2/droplets/:id/actions'), 0);
    assert.equal(bed.births, 4);
  });
});

describe('a state from the middle of a redeploy that has ended since', () => {
  it('while the old droplet was being destroyed: the new one is taken over, and the redeploy ends', async (test) => {
    const bed = new FleetBed(test, { cloud: { deleteMs: 20_000 } });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(5_000);
    assert.equal(bed.record('heron').status.operation?.step, 'Destroy');
    const copy = bed.backUp();
    await bed.pass(5 * minute);
    const living = bed.dropletID('heron');
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.dropletID('heron'), living);
    await staysAsItIs(bed);
    assert.equal(bed.record('heron').status.operation, undefined);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('while the new one was about to be made: it is taken over, and the redeploy ends', async (test) => {
    const bed = new FleetBed(test, { engine: { maxConcurrentCreates: 1 } });
    bed.bot('heron');
    await bed.started();
    bed.simulator.change({ bootMs: 3 * minute });
    bed.bot('egret');
    await bed.changed(5_000);
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(30_000);
    assert.equal(bed.record('heron').status.operation?.step, 'Create');
    assert.equal(bed.record('heron').status.createAttempt, undefined);
    const copy = bed.backUp();
    await bed.pass(10 * minute);
    const living = bed.dropletID('heron');
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.dropletID('heron'), living);
    await staysAsItIs(bed);
    assert.equal(bed.record('heron').status.operation, undefined);
  });

  it('while the new one was being made: it is found, and the redeploy ends', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.simulator.faults.order({ effect: 'hangAfter', match: post, nth: 1, delayMs: 5_000 });
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(20_000);
    assert.notEqual(bed.record('heron').status.createAttempt, undefined);
    const copy = bed.backUp();
    await bed.pass(5 * minute);
    const living = bed.dropletID('heron');
    await bed.wentBack(copy, 5 * minute);
    assert.equal(bed.dropletID('heron'), living);
    await staysAsItIs(bed);
    assert.equal(bed.record('heron').status.operation, undefined);
  });
});

describe('a state with a create in doubt', () => {
  for (const replacePolicy of ['OnRequest', 'Automatic']) {
    it(`that later creates have overtaken: theirs is taken over as it is, under replacePolicy ${replacePolicy}`, async (test) => {
      const bed = new FleetBed(test);
      const droplet = { replacePolicy };
      bed.simulator.faults.order({ effect: 'hangAfter', match: post, nth: 1, delayMs: 5_000 });
      bed.bot('heron', { droplet });
      await bed.started(20_000);
      assert.notEqual(bed.record('heron').status.createAttempt, undefined);
      const copy = bed.backUp();
      await bed.pass(5 * minute);
      bed.bot('heron', { droplet: { ...droplet, region: 'fra1' }, redeployRequest: 'one' });
      await bed.changed(5 * minute);
      const living = bed.dropletID('heron');
      assert.equal(bed.simulator.droplets()[0]?.region, 'fra1');
      await bed.wentBack(copy, 10 * minute);
      assert.equal(bed.dropletID('heron'), living);
      await staysAsItIs(bed);
      assert.equal(bed.ready('heron'), 'True Running');
    });
  }
});
