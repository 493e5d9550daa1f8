import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

function secretManifest(token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'cloud' },
    stringData: { token },
  });
}

function secret(bed: FleetBed, token: string): void {
  bed.declare('secret.yaml', secretManifest(token));
}

function message(bed: FleetBed, name: string): string {
  const { conditions = [] } = bed.record(name).status;
  return conditions.find(({ type }) => type === 'Ready')?.message ?? '';
}

const ownToken = { maxBots: 50, tokenSecretRef: { name: 'cloud', key: 'token' } };

/** A second cloud account, whose droplets have other ids, as DigitalOcean's have over all accounts. */
function secondAccount(bed: FleetBed, token: string): Simulator {
  const account = bed.accountOf(token);
  for (let count = 0; count < 20; count += 1) account.destroy(bed.create('earlier', [], account));
  return account;
}

/** A bot whose account has a token of its own, Ready there. */
async function readyBed(test: TestContext): Promise<{ bed: FleetBed; theirs: Simulator }> {
  const bed = new FleetBed(test);
  const theirs = secondAccount(bed, 'theirs');
  secret(bed, 'theirs');
  bed.account(ownToken);
  bed.bot('heron');
  await bed.started();
  assert.equal(bed.ready('heron'), 'True Running');
  return { bed, theirs };
}

function callsWith(bed: FleetBed, token: string, from = 0): number {
  return bed.tokens.slice(from).filter((used) => used === token).length;
}

describe('an account’s own token', () => {
  it('is what its bots’ droplets are made with; other bots’ are made with the controller’s', async (test) => {
    const { bed, theirs } = await readyBed(test);
    bed.account({ maxBots: 1 }, 'other');
    bed.bot('egret', { accountRef: { name: 'other' } });
    await bed.changed();
    assert.equal(bed.ready('egret'), 'True Running');
    assert.equal(theirs.droplets().length, 1);
    assert.equal(bed.simulator.droplets().length, 1);
  });

  it('that is missing stalls its bots and nobody else, until it is there', async (test) => {
    const bed = new FleetBed(test);
    bed.account(ownToken);
    bed.bot('heron');
    await bed.started();
    assert.equal(bed.ready('heron'), 'False TokenSecretMissing');
    secondAccount(bed, 'theirs');
    secret(bed, 'theirs');
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.creates, 0);
  });

  it('that is refused is told by the name of its Secret, and concerns nobody else', async (test) => {
    const { bed, theirs } = await readyBed(test);
    bed.account({ maxBots: 1 }, 'other');
    bed.bot('egret', { accountRef: { name: 'other' } });
    theirs.faults.order({ effect: 'status', status: 401 });
    await bed.changed(2 * minute);
    assert.equal(bed.ready('heron'), 'False Unauthorised');
    assert.match(message(bed, 'heron'), /Secret default\/cloud/);
    assert.doesNotMatch(message(bed, 'heron'), /DIGITALOCEAN_ACCESS_TOKEN/);
    assert.equal(bed.ready('egret'), 'True Running');
  });

  it('whose Secret is declared twice stalls its bots, and says where', async (test) => {
    const { bed } = await readyBed(test);
    bed.declare('again.yaml', secretManifest('another'));
    await bed.changed(2 * minute);
    assert.equal(bed.ready('heron'), 'False TokenSecretInvalid');
    assert.match(message(bed, 'heron'), /declared twice, in .*again\.yaml/);
    bed.undeclare('again.yaml');
    await bed.changed(2 * minute);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.accountOf('theirs').droplets().length, 1);
  });

  it('that was rotated is used no more, and its successor takes over without a change of the cloud', async (test) => {
    const bed = new FleetBed(test);
    secret(bed, 'first');
    bed.account(ownToken);
    bed.bot('heron');
    await bed.started();
    secret(bed, 'second');
    await bed.changed(5_000);
    const from = bed.tokens.length;
    const before = bed.mutations();
    await bed.pass(30 * minute);
    assert.equal(callsWith(bed, 'first', from), 0);
    assert.ok(callsWith(bed, 'second', from) > 10);
    assert.equal(bed.mutations(), before);
    assert.equal(bed.ready('heron'), 'True Running');
    bed.simulator.destroy(bed.dropletID('heron'));
    await bed.pass(2 * minute);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.controller.overview().clouds.length, 2);
  });

  it('is used no more once the account is gone, its last bot included', async (test) => {
    const { bed } = await readyBed(test);
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed();
    bed.undeclare('account-acme.yaml');
    await bed.changed(5_000);
    const from = bed.tokens.length;
    await bed.pass(30 * minute);
    assert.equal(callsWith(bed, 'theirs', from), 0);
    assert.equal(bed.controller.overview().clouds.length, 1);
  });

  it('that rotates while a create is under way lets the answer in: no doubt, no second droplet', async (test) => {
    const bed = new FleetBed(test, { cloud: { latencyMs: 2_000 } });
    secret(bed, 'first');
    bed.account(ownToken);
    await bed.started(20_000);
    bed.bot('heron');
    await bed.changed(500);
    assert.equal(bed.creates, 1);
    secret(bed, 'second');
    await bed.changed(2 * minute);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(
      bed.logs.some((line) => line.includes('CreateInDoubt')),
      false,
    );
  });
});

describe('a token that leads to another cloud account', () => {
  it('of an account: nothing of its bots is read as absent, made or destroyed until it is back', async (test) => {
    const { bed, theirs } = await readyBed(test);
    secondAccount(bed, 'another');
    secret(bed, 'another');
    const before = bed.mutations();
    await bed.changed(30 * minute);
    assert.equal(bed.ready('heron'), 'False CloudAccountChanged');
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed(30 * minute);
    assert.notEqual(bed.find('heron'), undefined);
    assert.equal(theirs.droplets().length, 1);
    assert.equal(bed.mutations(), before);
    assert.equal(bed.accountOf('another').droplets().length, 0);
    secret(bed, 'theirs');
    await bed.changed(5 * minute);
    assert.equal(bed.find('heron'), undefined);
    assert.equal(theirs.droplets().length, 0);
  });

  it('of the controller: the same, for bots without a droplet too, until a take-over', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.kill();
    bed.token = 'another';
    secondAccount(bed, 'another');
    bed.bot('egret');
    await bed.started(10 * minute);
    assert.equal(bed.ready('heron'), 'False CloudAccountChanged');
    assert.equal(bed.ready('egret'), 'False CloudAccountChanged');
    assert.equal(bed.accountOf('another').droplets().length, 0);
    await bed.editFleet(({ cloud: _, ...state }) => state);
    await bed.pass(5 * minute);
    assert.equal(bed.ready('egret'), 'True Running');
    assert.equal(bed.ready('heron'), 'False CloudAccountChanged');
    assert.equal(bed.accountOf('another').droplets().length, 1);
    bed.kill();
    bed.token = 'x';
    await bed.editFleet(({ cloud: _, ...state }) => state);
    await bed.started(5 * minute);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.ready('egret'), 'False CloudAccountChanged');
  });
});
