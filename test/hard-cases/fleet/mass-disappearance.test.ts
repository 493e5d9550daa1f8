import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World } from '../../simulation/world.ts';

const names = Array.from({ length: 8 }, (_, index) => `bot${index}`);
const hour = 3_600_000;

function bot(name: string): string {
  return JSON.stringify({
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Bot',
    metadata: { name },
    spec: { accountRef: { name: 'acme' } },
  });
}

async function readyFleet(seed: number): Promise<World> {
  const world = new World({ seed });
  const account = {
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Account',
    metadata: { name: 'acme' },
    spec: { maxBots: 20 },
  };
  world.declare('account.yaml', JSON.stringify(account));
  for (const name of names) world.declare(`${name}.yaml`, bot(name));
  await world.start();
  await world.until(() => world.controller.overview().ready === names.length, hour, 'all ready');
  return world;
}

function confirm(world: World, kind: 'delete' | 'recreate'): Promise<unknown> {
  const { state, version } = world.source.fleet();
  const keys = state.holds.find((hold) => hold.kind === kind)?.keys ?? [];
  return world.source.saveFleet({ ...state, confirmed: { ...state.confirmed, [kind]: keys } }, version);
}

describe('mass disappearance', () => {
  it('deletes nothing when most bots vanish from the directory, says so, and goes on when they return', async () => {
    const world = await readyFleet(1);
    const before = world.mutations();
    for (const name of names.slice(0, 6)) world.undeclare(`${name}.yaml`);
    await world.rescan();
    await world.pass(hour);
    assert.equal(world.mutations(), before);
    const overview = world.controller.overview();
    assert.equal(overview.holds[0]?.kind, 'delete');
    assert.equal(overview.holds[0]?.keys.length, 6);
    assert.match(overview.notReady.join(), /held/);
    assert.equal(world.source.fleet().state.holds.length, 1, 'the hold is stored');
    for (const name of names.slice(0, 6)) world.declare(`${name}.yaml`, bot(name));
    await world.rescan();
    await world.pass(60_000);
    assert.equal(world.controller.overview().ready, names.length);
    assert.deepEqual(world.controller.overview().holds, []);
    assert.equal(world.mutations(), before);
    world.close();
  });

  it('counts bots that vanish one by one together', async () => {
    const world = await readyFleet(2);
    for (const name of names.slice(0, 6)) {
      world.undeclare(`${name}.yaml`);
      await world.rescan();
      await world.pass(200);
    }
    await world.pass(hour);
    assert.equal(world.simulator.droplets().length, names.length);
    world.close();
  });

  it('keeps the hold over a kill, and deletes once that is confirmed', async () => {
    const world = await readyFleet(3);
    for (const name of names.slice(0, 6)) world.undeclare(`${name}.yaml`);
    await world.rescan();
    await world.pass(60_000);
    world.kill();
    await world.start();
    await world.pass(hour);
    assert.equal(world.simulator.droplets().length, names.length);
    await confirm(world, 'delete');
    await world.rescan();
    world.kill();
    await world.start();
    await world.until(() => world.simulator.droplets().length === 2, hour, 'six droplets destroyed');
    await world.pass(60_000);
    assert.equal(world.controller.overview().bots, 2);
    assert.deepEqual(world.source.fleet().state.confirmed.delete, []);
    world.close();
  });

  it('creates nothing anew when most droplets vanish, until that is confirmed', async () => {
    const world = await readyFleet(4);
    for (const droplet of world.simulator.droplets().slice(0, 6)) world.simulator.destroy(droplet.id);
    await world.pass(hour);
    assert.equal(world.simulator.droplets().length, 2);
    assert.equal(world.controller.overview().holds[0]?.kind, 'recreate');
    await confirm(world, 'recreate');
    world.kill();
    await world.start();
    await world.until(() => world.controller.overview().ready === names.length, hour, 'all ready again');
    world.close();
  });

  it('re-creates a few lost droplets at once, without asking', async () => {
    const world = await readyFleet(5);
    for (const droplet of world.simulator.droplets().slice(0, 2)) world.simulator.destroy(droplet.id);
    await world.until(() => world.simulator.droplets().length === names.length, hour, 'eight droplets again');
    world.close();
  });
});
