import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const actions = 'POST /v2/droplets/:id/actions';
const actionPost = { method: 'POST', path: '/v2/droplets/*/actions' };

/** Types of the actions that were asked for, in order. */
function asked(bed: FleetBed): string[] {
  return bed.simulator.journal
    .entries({ route: actions })
    .map((entry) => (entry.body as { type: string } | undefined)?.type ?? '?');
}

describe('operations of several steps', () => {
  it('a droplet that ignores its shutdown has its power cut after the grace period', async (test) => {
    const bed = new FleetBed(test, { cloud: { shutdownIgnored: 1 } });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed(120_000);
    assert.deepEqual(asked(bed), ['shutdown', 'power_off']);
    assert.equal(bed.ready('heron'), 'True Stopped');
  });

  it('is given as long as its grace period, be it hours, to shut down', async (test) => {
    const engine = { shutdownGraceMs: 2 * 3_600_000 };
    const bed = new FleetBed(test, { cloud: { shutdownIgnored: 1 }, engine });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed(3_600_000);
    bed.bot('heron', { powerState: 'Stopped', health: { heartbeatTimeoutSeconds: 300 } });
    await bed.changed(engine.shutdownGraceMs - 3_660_000);
    assert.deepEqual(asked(bed), ['shutdown']);
    await bed.pass(120_000);
    assert.deepEqual(asked(bed), ['shutdown', 'power_off']);
    assert.equal(bed.ready('heron'), 'True Stopped');
  });

  it('a mind changed midway ends in the state declared last', async (test) => {
    const bed = new FleetBed(test, { cloud: { actionMs: 10_000 } });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed(3_000);
    bed.bot('heron');
    await bed.changed(120_000);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.record('heron').status.operation, undefined);
  });

  it('a reboot is carried out once, although its answer is lost and the process killed', async (test) => {
    const bed = new FleetBed(test, { faults: [{ effect: 'cutAfter', match: actionPost, nth: 1 }] });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { rebootRequest: 'one' });
    await bed.changed(500);
    await bed.restarted(300_000);
    assert.deepEqual(asked(bed), ['reboot']);
    assert.equal(bed.record('heron').status.handledRequests?.reboot, 'one');
  });

  it('a reboot whose request was lost is sent again after the settling window', async (test) => {
    const bed = new FleetBed(test, { faults: [{ effect: 'cutBefore', match: actionPost, nth: 1 }] });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { rebootRequest: 'one' });
    await bed.changed(100_000);
    assert.deepEqual(asked(bed), ['reboot']);
    await bed.pass(60_000);
    assert.deepEqual(asked(bed), ['reboot', 'reboot']);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a reboot of a droplet that is off is handled, not applicable', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed();
    bed.bot('heron', { powerState: 'Stopped', rebootRequest: 'one' });
    await bed.changed();
    assert.deepEqual(asked(bed), ['shutdown']);
    assert.equal(bed.record('heron').status.handledRequests?.reboot, 'one');
  });

  it('a resize goes off, resize, on, and a refusal of it ends in the declared power state', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { droplet: { size: 's-1vcpu-2gb' } });
    await bed.started();
    bed.bot('heron', { droplet: { size: 's-2vcpu-4gb' } });
    await bed.changed(120_000);
    assert.deepEqual(asked(bed), ['shutdown', 'resize', 'power_on']);
    assert.equal(bed.ready('heron'), 'True Running');
    bed.simulator.faults.order({
      effect: 'status',
      status: 422,
      match: { ...actionPost, bodyIncludes: 'resize' },
    });
    bed.bot('heron', { droplet: { size: 's-4vcpu-8gb' } });
    await bed.changed(600_000);
    assert.equal(bed.ready('heron'), 'False ResizeRefused');
    assert.equal(bed.simulator.droplets()[0]?.status, 'active');
    assert.equal(asked(bed).filter((type) => type === 'resize').length, 2);
  });

  it('a resize that cannot be is refused before the power is touched', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { droplet: { size: 's-99vcpu' } });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False InvalidSize');
    assert.deepEqual(asked(bed), []);
    bed.bot('heron', { droplet: { size: 's-99vcpu' }, rebootRequest: 'one' });
    await bed.changed();
    assert.deepEqual(asked(bed), ['reboot']);
    assert.equal(bed.ready('heron'), 'False InvalidSize');
  });

  it('a Stopped bot without a droplet is not created', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.started();
    assert.equal(bed.creates, 0);
    assert.equal(bed.ready('heron'), 'True Stopped');
  });
});

describe('replacement', () => {
  it('a replacement POSTs only after GET 404 of the predecessor', async (test) => {
    const bed = new FleetBed(test, { cloud: { deleteMs: 45_000 } });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(40_000);
    assert.equal(bed.creates, 1);
    await bed.pass(120_000);
    assert.equal(bed.creates, 2);
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
    assert.equal(bed.record('heron').status.handledRequests?.redeploy, 'one');
  });

  it('a DELETE that was answered 204 and did nothing is repeated', async (test) => {
    const bed = new FleetBed(test, { cloud: { deleteIgnored: 1 } });
    bed.bot('heron');
    await bed.started();
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed(20_000);
    assert.equal(bed.dropletIDs.length, 1);
    for (const id of bed.dropletIDs) bed.simulator.edit(id, { ignoresDelete: false });
    bed.simulator.change({ deleteIgnored: 0 });
    await bed.pass(60_000);
    assert.deepEqual(bed.dropletIDs, []);
    assert.equal(bed.find('heron'), undefined);
  });

  it('of the whole fleet at once is no mass disappearance', async (test) => {
    const bed = new FleetBed(test, { cloud: { deleteMs: 20_000 }, engine: { maxConcurrentCreates: 20 } });
    const names = bed.bots(12);
    await bed.started();
    bed.bots(12, { redeployRequest: 'all' });
    await bed.changed(300_000);
    assert.deepEqual(
      names.map((name) => bed.ready(name)),
      names.map(() => 'True Running'),
    );
    assert.equal(bed.creates, 24);
    assert.deepEqual(bed.source.fleet().state.holds, []);
  });

  it('that is blocked says so, and lets power, reboots and tags through until it can be', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const blocked = { droplet: { region: 'xyz9' }, redeployRequest: 'one' };
    bed.bot('heron', blocked);
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False InvalidRegion');
    const ready = bed.record('heron').status.conditions?.find(({ type }) => type === 'Ready');
    assert.match(ready?.message ?? '', /^The redeploy waits: .*xyz9/);
    bed.bot('heron', { ...blocked, rebootRequest: 'one' });
    await bed.changed();
    assert.deepEqual(asked(bed), ['reboot']);
    bed.bot('heron', { ...blocked, rebootRequest: 'one', powerState: 'Stopped' });
    await bed.changed();
    assert.equal(bed.simulator.droplets()[0]?.status, 'off');
    bed.simulator.edit(bed.dropletID('heron'), { tags: [] });
    await bed.pass(60_000);
    assert.equal(bed.tags(bed.dropletID('heron')).length, 5);
    assert.equal(bed.destroys, 0);
    assert.equal(bed.ready('heron'), 'False InvalidRegion');
    bed.bot('heron', { ...blocked, droplet: { region: 'fra1' } });
    await bed.changed(120_000);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.simulator.droplets()[0]?.region, 'fra1');
  });

  it('that is blocked stops no operation under way half-way', async (test) => {
    const bed = new FleetBed(test, { cloud: { actionMs: 20_000 } });
    bed.bot('heron', { droplet: { size: 's-1vcpu-2gb' } });
    await bed.started();
    bed.bot('heron', { droplet: { size: 's-2vcpu-4gb' } });
    await bed.changed(25_000);
    bed.bot('heron', { droplet: { size: 's-2vcpu-4gb', region: 'xyz9' }, redeployRequest: 'one' });
    await bed.changed(180_000);
    assert.deepEqual(asked(bed), ['shutdown', 'resize', 'power_on']);
    assert.equal(bed.ready('heron'), 'False InvalidRegion');
  });

  it('happens by declaration, not by a changed bootstrap block', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { bootstrap: { customizer: { agentName: 'Ada' } } });
    await bed.changed();
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('happens by itself under replacePolicy Automatic, checked first, and once', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { droplet: { replacePolicy: 'Automatic' } });
    await bed.started();
    bed.bot('heron', { droplet: { replacePolicy: 'Automatic', region: 'fra1' } });
    await bed.changed(300_000);
    assert.equal(bed.creates, 2);
    assert.equal(bed.simulator.droplets()[0]?.region, 'fra1');
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('is not called for by a moved control-plane URL', async (test) => {
    const bed = new FleetBed(test, { engine: { controlPlaneURL: 'https://one.example' } });
    bed.bot('heron', { droplet: { replacePolicy: 'Automatic' } });
    await bed.started();
    bed.engine.controlPlaneURL = 'https://two.example';
    const before = bed.mutations();
    await bed.restarted(300_000);
    assert.equal(bed.mutations(), before);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('of droplets that were lost is made for at most 1 + 5 % of the fleet at once', async (test) => {
    const bed = new FleetBed(test, { cloud: { bootMs: 20_000 } });
    bed.bots(21);
    await bed.started(300_000);
    assert.equal(bed.controller.overview().ready, 21);
    for (const id of bed.dropletIDs.slice(0, 6)) bed.simulator.destroy(id);
    for (let seconds = 0; seconds < 120; seconds += 1) {
      await bed.pass(1_000);
      const booting = bed.simulator.droplets().filter((droplet) => droplet.status === 'new').length;
      assert.ok(booting <= 2, `${booting} at once`);
    }
    assert.equal(bed.controller.overview().ready, 21);
  });

  it('outlives no deletion: what is under way ends with the bot', async (test) => {
    for (const under of [
      { redeployRequest: 'one' },
      { droplet: { size: 's-2vcpu-4gb' } },
      { powerState: 'Stopped' },
    ]) {
      const bed = new FleetBed(test, { cloud: { actionMs: 30_000, deleteMs: 5_000 } });
      bed.bot('heron', { droplet: { size: 's-1vcpu-2gb' } });
      await bed.started(120_000);
      bed.bot('heron', { droplet: { size: 's-1vcpu-2gb' }, ...under });
      await bed.changed(3_000);
      assert.notEqual(bed.record('heron').status.operation, undefined);
      bed.bystander();
      bed.undeclare('heron.yaml');
      await bed.changed(120_000);
      assert.equal(bed.find('heron'), undefined);
      assert.deepEqual(bed.dropletIDs, []);
      bed.close();
    }
  });

  it('requests present when a bot is first seen are handled without acting', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { rebootRequest: 'old', redeployRequest: 'old' });
    await bed.started();
    assert.equal(bed.creates, 1);
    assert.deepEqual(asked(bed), []);
  });

  it('of a lost droplet: three tries with back-off, then a person is asked', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    for (let hours = 0; hours < 6; hours += 1) {
      for (const id of bed.dropletIDs) bed.simulator.destroy(id);
      await bed.pass(3_600_000);
    }
    assert.equal(bed.creates, 4);
    assert.equal(bed.ready('heron'), 'False LostTooOften');
    bed.bot('heron', { redeployRequest: 'again' });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
  });
});
