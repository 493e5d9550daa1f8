import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

/** What GET /v2/account tells the token. */
function accountOf(bed: FleetBed, token: string): { uuid: string; team: { uuid: string } } {
  const request = { method: 'GET', path: '/v2/account', headers: { authorization: `Bearer ${token}` } };
  const { body } = bed.simulator.handle(request) as unknown as { body: string | object };
  return (typeof body === 'string' ? JSON.parse(body) : body).account;
}

/** A fleet of three whose records, and the fleet's own, name the user's uuid, as the release before wrote them. */
async function oldFleet(test: TestContext): Promise<{ bed: FleetBed; user: string; team: string }> {
  const bed = new FleetBed(test);
  bed.bots(3);
  await bed.started(2 * minute);
  const { uuid: user, team } = accountOf(bed, bed.token);
  assert.notEqual(user, team.uuid);
  const rename = (status: BotStatus): BotStatus => {
    if (!status.droplet) return status;
    const cloud = { ...status.droplet.cloud, accountUUID: user };
    return { ...status, droplet: { ...status.droplet, cloud } };
  };
  bed.kill();
  await bed.pass(10_000);
  await bed.start();
  for (const bot of [...bed.source.bots()])
    await settled(bed, bed.source.writeStatus(bot, rename(bot.status)));
  const { state, version } = bed.source.fleet();
  if (state.cloud) {
    const cloud = { ...state.cloud, accountUUID: user };
    await settled(bed, bed.source.saveFleet({ ...state, cloud }, version));
  }
  bed.kill();
  await bed.pass(10_000);
  return { bed, user, team: team.uuid };
}

/** A write of the store ends as virtual time goes on. */
async function settled<T>(bed: FleetBed, write: Promise<T>): Promise<T> {
  await bed.settle();
  return write;
}

function clouds(bed: FleetBed): Set<string | undefined> {
  return new Set([...bed.source.bots()].map(({ status }) => status.droplet?.cloud.accountUUID));
}

describe('a fleet whose records name the user instead of the team', () => {
  it('goes on under the team’s uuid, with one write a bot and no droplet touched', async (test) => {
    const { bed, team } = await oldFleet(test);
    const before = bed.mutations();
    await bed.started(2 * minute);
    assert.equal(bed.controller.overview().ready, 3);
    assert.deepEqual([...clouds(bed)], [team]);
    assert.equal(bed.source.fleet().state.cloud?.accountUUID, team);
    assert.equal(bed.mutations(), before);
  });

  it('goes on with a colleague’s token of the same team', async (test) => {
    const { bed, team } = await oldFleet(test);
    bed.simulator.grant({ token: 'colleague', user: 'colleague' });
    bed.token = 'colleague';
    const before = bed.mutations();
    await bed.started(2 * minute);
    assert.equal(bed.controller.overview().ready, 3);
    assert.deepEqual([...clouds(bed)], [team]);
    assert.equal(bed.mutations(), before);
  });

  it('is not made a second time with a token of the same person for another team', async (test) => {
    const { bed, user } = await oldFleet(test);
    bed.simulator.grant({ token: 'elsewhere', team: 'other' });
    bed.token = 'elsewhere';
    const before = bed.mutations();
    await bed.started(30 * minute);
    assert.equal(bed.mutations(), before);
    assert.deepEqual([...clouds(bed)], [user]);
    for (const name of ['bot0', 'bot1', 'bot2']) assert.equal(bed.ready(name), 'False CloudAccountChanged');
  });
});

describe('a fleet that names its team', () => {
  it('is left alone by a colleague’s token, and by one of the same person for another team', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(3);
    await bed.started(2 * minute);
    bed.simulator.grant({ token: 'colleague', user: 'colleague' });
    bed.simulator.grant({ token: 'elsewhere', team: 'other' });
    const before = bed.mutations();
    for (const [token, ready] of [
      ['elsewhere', 'False CloudAccountChanged'],
      ['colleague', 'True Running'],
      ['elsewhere', 'False CloudAccountChanged'],
      ['x', 'True Running'],
    ] as const) {
      bed.kill();
      await bed.pass(10_000);
      bed.token = token;
      await bed.started(5 * minute);
      for (const name of ['bot0', 'bot1', 'bot2']) assert.equal(bed.ready(name), ready, token);
    }
    assert.equal(bed.mutations(), before);
  });
});
