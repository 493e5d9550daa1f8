import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

/** How often a word stands in the log. */
function told(bed: FleetBed, word: string): number {
  return bed.logs.filter((line) => line.includes(`"${word}"`)).length;
}

describe('a droplet that stays `new`', () => {
  it('holds up the creates of others for ten minutes, and is told after twenty', async (test) => {
    const bed = new FleetBed(test, { cloud: { bootStuck: 1 }, engine: { maxConcurrentCreates: 2 } });
    bed.bots(2);
    await bed.started();
    bed.simulator.change({ bootStuck: 0 });
    bed.bot('late');
    await bed.changed(8 * minute);
    assert.equal(bed.ready('late'), 'False WaitingForSlot');
    await bed.pass(2 * minute);
    assert.equal(bed.ready('late'), 'True Running');
    assert.equal(bed.ready('bot0'), 'False Booting');
    await bed.pass(10 * minute);
    assert.equal(bed.ready('bot0'), 'False BootStuck');
    const [before, writes] = [bed.simulator.journal.entries({}).length, bed.writes];
    await bed.pass(60 * minute);
    assert.equal(told(bed, 'BootStuck'), 2);
    assert.equal(bed.writes, writes);
    const calls = bed.simulator.journal.entries({}).slice(before);
    assert.deepEqual([...new Set(calls.map(({ path }) => path))].sort(), ['/v2/account', '/v2/droplets']);
    assert.ok(calls.length / 60 <= 7, `${calls.length / 60} calls a minute, more than the sweep's`);
    assert.equal(bed.creates, 3);
    for (const id of bed.dropletIDs) bed.simulator.edit(id, { stuck: false });
    await bed.pass(3 * minute);
    assert.equal(bed.ready('bot0'), 'True Running');
  });

  it('gives its place back after a restart too, whatever our clock says', async (test) => {
    const engine = { maxConcurrentCreates: 1 };
    const bed = new FleetBed(test, { cloud: { bootStuck: 1, clockOffsetMs: 90 * minute }, engine });
    bed.bot('heron');
    await bed.started();
    bed.simulator.change({ bootStuck: 0 });
    await bed.restarted();
    bed.bot('late');
    await bed.changed(6 * minute);
    assert.equal(bed.ready('late'), 'False WaitingForSlot');
    await bed.pass(3 * minute);
    assert.equal(bed.ready('late'), 'True Running');
  });

  it('is replaced once under replacePolicy Automatic, and the second one is left to a person', async (test) => {
    const bed = new FleetBed(test, { cloud: { bootStuck: 1 } });
    bed.bot('heron', { droplet: { replacePolicy: 'Automatic' } });
    await bed.started(25 * minute);
    assert.deepEqual([bed.creates, bed.destroys], [2, 1]);
    await bed.restarted(60 * minute);
    assert.deepEqual([bed.creates, bed.destroys], [2, 1]);
    assert.equal(bed.ready('heron'), 'False BootStuck');
    bed.simulator.edit(bed.dropletID('heron'), { stuck: false });
    await bed.pass(3 * minute);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.record('heron').status.bootReplaced, undefined);
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });

  it('is not replaced for a whole fleet at once: beyond a few, a person is asked', async (test) => {
    const bed = new FleetBed(test, { cloud: { bootStuck: 1 } });
    bed.bots(6, { droplet: { replacePolicy: 'Automatic' } });
    await bed.started(25 * minute);
    assert.equal(bed.destroys, 2);
    assert.equal(bed.ready('bot5'), 'False DestructionHeld');
  });
});

describe('a bot that wants no droplet', () => {
  it('holds no place of the quota: Stopped and never created', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 1 });
    bed.bot('a', { powerState: 'Stopped' });
    await bed.started(minute);
    bed.bot('b');
    await bed.changed();
    assert.equal(bed.ready('b'), 'True Running');
    bed.bot('a');
    await bed.changed();
    assert.equal(bed.ready('a'), 'False QuotaExceeded');
    bed.bot('b', { powerState: 'Stopped' });
    await bed.changed();
    assert.equal(bed.ready('a'), 'False QuotaExceeded');
    bed.bystander();
    bed.undeclare('b.yaml');
    await bed.changed();
    assert.equal(bed.ready('a'), 'True Running');
  });

  it('gives its place to the next while its create is refused, and asks again when that is due', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 1 });
    bed.bot('a', { droplet: { size: 's-99vcpu' } });
    await bed.started(5_000);
    assert.equal(bed.ready('a'), 'False CreateRefused');
    bed.bot('b');
    await bed.changed(30_000);
    assert.equal(bed.ready('b'), 'True Running');
    const creates = bed.creates;
    await bed.pass(60 * minute);
    assert.equal(bed.creates, creates);
    bed.bystander();
    bed.undeclare('b.yaml');
    bed.bot('a');
    await bed.changed(2 * minute);
    assert.equal(bed.ready('a'), 'True Running');
  });

  it('lets bots that are all refused take turns, none more often than its back-off allows', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 1 });
    bed.bots(3, { droplet: { size: 's-99vcpu' } });
    await bed.started(60 * minute);
    assert.ok(bed.creates >= 9 && bed.creates <= 21, `${bed.creates} creates`);
    for (const name of ['bot0', 'bot1', 'bot2']) assert.equal(bed.ready(name), 'False CreateRefused');
  });
});

const actionRoute = 'POST /v2/droplets/:id/actions';

/** A Ready bot whose next actions never end. */
async function stuckBed(test: TestContext): Promise<FleetBed> {
  const bed = new FleetBed(test);
  bed.bot('heron');
  await bed.started();
  bed.simulator.change({ actionStuck: 1 });
  return bed;
}

function free(bed: FleetBed): void {
  bed.simulator.change({ actionStuck: 0 });
  for (const id of bed.dropletIDs) bed.simulator.edit(id, { stuck: false });
}

function reads(bed: FleetBed): number {
  return bed.simulator.journal.entries({}).filter(({ path }) => path.startsWith('/v2/actions/')).length;
}

describe('an action that stays in progress', () => {
  it('is ordered once, read at most every minute, and told after 15 minutes; then the bot goes on', async (test) => {
    const bed = await stuckBed(test);
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed(14 * minute);
    assert.equal(bed.calls(actionRoute), 1);
    assert.equal(bed.ready('heron'), 'False ShuttingDown');
    await bed.pass(4 * minute);
    assert.equal(bed.ready('heron'), 'False ActionStuck');
    const before = reads(bed);
    await bed.restarted(60 * minute);
    assert.equal(bed.calls(actionRoute), 1);
    assert.ok(reads(bed) - before <= 62, `${reads(bed) - before} reads in an hour`);
    assert.equal(told(bed, 'ActionStuck'), 1);
    free(bed);
    await bed.pass(5 * minute);
    assert.equal(bed.ready('heron'), 'True Stopped');
  });

  it('of a bot whose mind is changed meanwhile ends in the state declared last', async (test) => {
    const bed = await stuckBed(test);
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed(5 * minute);
    bed.bot('heron');
    await bed.changed(5 * minute);
    free(bed);
    await bed.pass(10 * minute);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('of a change in place is ordered again slowly at most, never every few seconds', async (test) => {
    const bed = await stuckBed(test);
    bed.simulator.edit(bed.dropletID('heron'), { name: 'web-1' });
    await bed.pass(20 * minute);
    assert.equal(bed.calls(actionRoute), 1);
    assert.equal(bed.ready('heron'), 'False ActionStuck');
    free(bed);
    await bed.pass(5 * minute);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('is a person’s own: ours waits for it, a minute at most between two tries', async (test) => {
    const bed = await stuckBed(test);
    const [id] = bed.dropletIDs;
    const headers = { authorization: 'Bearer somebody', 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'snapshot', name: 'mine' });
    bed.simulator.handle({ method: 'POST', path: `/v2/droplets/${id}/actions`, headers, body });
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed(10 * minute);
    assert.equal(bed.ready('heron'), 'False PoweringOff');
    assert.ok(bed.calls(actionRoute) <= 20, `${bed.calls(actionRoute)} orders`);
    await bed.pass(10 * minute);
    assert.equal(bed.ready('heron'), 'False ActionRefused');
    free(bed);
    await bed.pass(3 * minute);
    assert.equal(bed.ready('heron'), 'True Stopped');
  });
});

describe('a destruction that the cloud refuses', () => {
  const order = { method: 'DELETE', path: '/v2/droplets/*' };
  const scope = 'You are missing the required permission droplet:delete.';

  it('is told once with the scope, repeated every five minutes at last, and goes on when it is granted', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const id = bed.simulator.faults.order({ effect: 'status', status: 403, message: scope, match: order });
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed(60 * minute);
    assert.equal(bed.ready('heron'), 'False DestroyRefused');
    const stalled = bed.record('heron').status.conditions?.find(({ type }) => type === 'Stalled');
    assert.match(stalled?.message ?? '', /Give the token the scope droplet:delete/);
    assert.equal(told(bed, 'DestroyRefused'), 1);
    assert.ok(bed.destroys <= 20, `${bed.destroys} orders in an hour`);
    bed.simulator.faults.withdraw(id);
    await bed.pass(6 * minute);
    assert.equal(bed.find('heron'), undefined);
    assert.deepEqual(bed.dropletIDs, []);
  });

  it('of a redeploy is told, and a new droplet made only once the old one is gone', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const message = 'The droplet is locked.';
    const id = bed.simulator.faults.order({ effect: 'status', status: 422, message, match: order });
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(20 * minute);
    assert.equal(bed.ready('heron'), 'False DestroyRefused');
    assert.equal(bed.creates, 1);
    bed.simulator.faults.withdraw(id);
    await bed.pass(7 * minute);
    assert.equal(bed.creates, 2);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.record('heron').status.refusedOrder, undefined);
  });

  it('and one that is accepted and never carried out is told too', async (test) => {
    const bed = new FleetBed(test, { cloud: { deleteIgnored: 1 } });
    bed.bot('heron');
    await bed.started();
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed(30 * minute);
    assert.equal(bed.ready('heron'), 'False NoEffect');
    assert.ok(bed.destroys <= 12, `${bed.destroys} orders`);
    assert.equal(told(bed, 'NoEffect'), 1);
  });
});
