import assert from 'node:assert/strict';
import test from 'node:test';
import { digitalOceanClouds } from '../../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import { inProcessTransport } from '../../../src/adapters/digitalocean/transport/in-process-transport.ts';
import { DryRunCloud } from '../../../src/adapters/dry-run/dry-run-cloud.ts';
import { instantSettings } from '../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import { REQUEST } from '../../contract/cloud-contract.ts';

const urgent = { class: 'urgent' } as const;
const create = { class: 'create' } as const;

/** An imagined future of a simulated cloud with one droplet, `openclaw-bot-1`. */
async function rig(settings = {}) {
  const simulator = new Simulator({
    clock: systemClock,
    chance: seededChance(1),
    settings: { ...instantSettings, ...settings },
  });
  const clouds = digitalOceanClouds({
    ...{ token: 't', apiURL: 'https://cloud.example', userAgent: 'test' },
    ...{ clock: systemClock, chance: seededChance(1) },
    transport: inProcessTransport(simulator, systemClock),
  });
  const real = clouds.forToken(undefined);
  const { id } = await real.createDroplet(REQUEST, create);
  const clock = new VirtualClock(Date.now());
  return { simulator, real, id, clock, imagined: new DryRunCloud(real, clock) };
}

test('a listing shows what is and what is imagined, and what of the former cannot be read', async () => {
  const { imagined, simulator, id } = await rig();
  const made = await imagined.createDroplet({ ...REQUEST, name: 'openclaw-bot-2' }, create);
  simulator.faults.order({ effect: 'garble' });
  const { droplets, unreadable } = await imagined.listByTag('openclaw', urgent);
  assert.deepEqual(
    droplets.map((droplet) => droplet.id),
    [made.id],
  );
  assert.deepEqual(
    unreadable.map((row) => row.id),
    [id],
  );
  assert.equal(simulator.droplets().length, 1);
});

test('an imagined action can be read and listed; those of the real cloud stay to be had', async () => {
  const { imagined, real, id } = await rig();
  const before = await real.act(id, { type: 'reboot' }, urgent);
  const action = await imagined.act(id, { type: 'power_off' }, urgent);
  assert.deepEqual(await imagined.getAction(action.id, urgent), action);
  assert.equal((await imagined.getAction(before.id, urgent)).type, 'reboot');
  const listed = (await imagined.listActions(id, urgent)).map(({ type }) => type);
  assert.deepEqual(listed.slice(0, 2), ['power_off', 'reboot']);
  const made = await imagined.createDroplet({ ...REQUEST, name: 'openclaw-bot-2' }, create);
  assert.deepEqual(await imagined.listActions(made.id, urgent), []);
});

test('what a create names is looked up in the real cloud', async () => {
  const { imagined } = await rig();
  assert.equal((await imagined.image('docker-20-04', urgent)).slug, 'docker-20-04');
  for (const call of [imagined.image('1', urgent), imagined.sshKey('1', urgent), imagined.vpc('1', urgent)])
    await assert.rejects(call, (error) => faultOf(error)?.kind === 'absent');
});

test('the time of the cloud passes as the imagined clock does', async () => {
  const { imagined, clock } = await rig({ clockOffsetMs: 3_600_000 });
  const begun = imagined.cloudNow() ?? 0;
  assert.ok(Math.abs(begun - Date.now() - 3_600_000) < 3_000);
  clock.schedule(300_000, () => {});
  assert.ok(clock.runNext());
  assert.equal(imagined.cloudNow(), begun + 300_000);
  const { createdAt } = await imagined.createDroplet({ ...REQUEST, name: 'openclaw-bot-2' }, create);
  assert.equal(Date.parse(createdAt), Math.trunc(begun + 300_000));
});
