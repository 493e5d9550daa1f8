import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { DropletObservation } from '../../../src/decide/input.ts';
import { fleetTag } from '../../../src/model/identity.ts';
import {
  ago,
  attemptOf,
  born,
  botOf,
  cloud,
  concluded,
  condition,
  convergedInput,
  dropletOf,
  fleetID,
  inputOf,
  now,
  ownedInput,
  recordOf,
  uid,
} from '../input-builder.ts';

const sighted = (recorded: DropletObservation) => convergedInput({ recorded });

describe('a recorded droplet', () => {
  it('that a listing misses, or nobody has looked at, is looked at', () => {
    for (const kind of ['unlisted', 'unlooked'] as const)
      assert.deepEqual(decide(sighted({ kind })).look, { kind: 'droplet', dropletID: 100 });
  });

  it('is not looked at before the first whole listing', () => {
    const decision = decide({ ...sighted({ kind: 'unlooked' }), cloud: { identity: cloud, viewed: false } });
    assert.equal(decision.look, undefined);
    assert.equal(condition(decision.status, 'Ready')?.reason, 'Observing');
  });

  it('is not gone by a 404 that proves nothing', () => {
    const decision = decide(sighted({ kind: 'unproven' }));
    assert.equal(decision.status.droplet?.id, 100);
    assert.equal(decision.effect, undefined);
    assert.equal(decision.requeueAt, now + 5_000);
    assert.equal(condition(decision.status, 'Ready')?.reason, 'NotVisibleYet');
  });

  it('is gone by a 404 that proves it: a loss is counted, and another is created', () => {
    const decision = concluded(sighted({ kind: 'gone' }));
    assert.equal(decision.steps[0]?.lost, true);
    assert.deepEqual(decision.steps[0]?.drift, [{ kind: 'Gone', stage: 'found' }]);
    assert.deepEqual(decision.status.knownDropletIDs, [100]);
    assert.equal(decision.status.registration, undefined);
    assert.deepEqual(decision.status.replacements, { count: 1, lastAt: ago(0) });
    assert.equal(decision.effect?.kind, 'create');
  });

  it('is no loss where a later droplet of the bot lives: the record is old, and follows', () => {
    const others = [{ droplet: born(2, { id: 200 }), confirmed: true }];
    const decision = concluded({ ...sighted({ kind: 'gone' }), others });
    assert.equal(decision.steps[0]?.lost, undefined);
    assert.equal(decision.status.replacements, undefined);
    assert.deepEqual([decision.status.droplet?.id, decision.status.births], [200, 2]);
    assert.equal(decision.effect, undefined);
  });

  it('is not created anew while a mass loss is held', () => {
    const decision = concluded({ ...sighted({ kind: 'gone' }), held: 'recreate' });
    assert.equal(decision.effect, undefined);
    assert.equal(condition(decision.status, 'Stalled')?.reason, 'MassRecreationHeld');
  });

  it('is not proven by the answer to its own create', () => {
    const droplet = dropletOf({ status: 'new' });
    const record = recordOf(droplet, { seen: false });
    const answered = ownedInput(droplet, {
      record,
      input: { recorded: { kind: 'seen', droplet, proven: false, confirmed: true } },
    });
    assert.equal(decide(answered).status.droplet?.seen, false);
    assert.equal(decide(ownedInput(dropletOf(), { record })).status.droplet?.seen, true);
  });

  it('on its way is on record as it was answered, whatever is seen of it, until it is active', () => {
    const record = recordOf(dropletOf({ status: 'new' }), { seen: false });
    const booting = dropletOf({ status: 'new', publicIPv4: '203.0.113.7' });
    assert.deepEqual(decide(ownedInput(booting, { record })).status.droplet, record);
    const active = dropletOf({ publicIPv4: '203.0.113.7' });
    const { droplet } = decide(ownedInput(active, { record })).status;
    assert.deepEqual([droplet?.seen, droplet?.publicIPv4], [true, '203.0.113.7']);
  });

  it('with the tag of another fleet is not touched, in whatever order its tags come', () => {
    const foreign = fleetTag('other000');
    for (const tags of [[foreign], [fleetTag(fleetID), foreign], [foreign, fleetTag(fleetID)]]) {
      const droplet = dropletOf({ tags, status: 'off' });
      const decision = decide(ownedInput(droplet, { record: recordOf(dropletOf()) }));
      assert.equal(decision.effect, undefined);
      assert.equal(condition(decision.status, 'Stalled')?.reason, 'ForeignFleet');
    }
  });
});

describe('another cloud account', () => {
  const elsewhere = { apiURL: cloud.apiURL, accountUUID: 'account-2' };

  it('reads nothing of the bot as absent, created or deleted', () => {
    for (const recorded of [{ kind: 'gone' }, { kind: 'unlooked' }] as const) {
      const decision = decide({ ...sighted(recorded), cloud: { identity: elsewhere, viewed: true } });
      assert.equal(decision.effect, undefined);
      assert.equal(decision.look, undefined);
      assert.equal(decision.status.droplet?.id, 100);
      assert.equal(condition(decision.status, 'Stalled')?.reason, 'CloudAccountChanged');
    }
  });

  it('does not pass its droplet of the same id for ours', () => {
    const droplet = dropletOf({ name: 'web-1', region: 'fra1', publicIPv4: '198.51.100.1' });
    const input = convergedInput({ cloud: { identity: elsewhere, viewed: true } });
    const decision = decide({ ...input, recorded: { kind: 'seen', droplet, proven: true, confirmed: true } });
    assert.deepEqual(decision.status.droplet, input.bot.status.droplet);
  });

  it('is the same one by another name, once it shows the recorded droplet with the fleet’s tags', () => {
    const record = recordOf(dropletOf(), { cloud: { ...cloud, accountUUID: 'user-1' } });
    const { status, effect } = concluded(ownedInput(dropletOf(), { record }));
    assert.deepEqual(status.droplet?.cloud, cloud);
    assert.equal(effect, undefined);
    assert.equal(condition(status, 'Ready')?.status, 'True');
    const unseen = concluded(ownedInput(dropletOf(), { record, input: { recorded: { kind: 'unlooked' } } }));
    assert.equal(condition(unseen.status, 'Stalled')?.reason, 'CloudAccountChanged');
    const elsewhere = recordOf(dropletOf(), { cloud: { ...cloud, apiURL: 'https://other.example.com' } });
    const other = concluded(ownedInput(dropletOf(), { record: elsewhere }));
    assert.equal(condition(other.status, 'Stalled')?.reason, 'CloudAccountChanged');
  });

  it('keeps a create in doubt that was stored under the user’s uuid', () => {
    const createAttempt = attemptOf({ cloud: { ...cloud, accountUUID: 'user-1' } });
    const bot = botOf({ pristine: false, status: { ownerUID: uid, createAttempt } });
    const look = (userUUID: string) =>
      decide(inputOf({ bot, cloud: { identity: cloud, userUUID, viewed: true } })).look;
    assert.deepEqual(look('user-1'), { kind: 'name' });
    assert.equal(look('user-2'), undefined);
  });

  it('releases nothing', () => {
    const input = sighted({ kind: 'gone' });
    const bot = { ...input.bot, deletion: { requestedAt: ago(0), implicit: false } };
    const decision = decide({ ...input, bot, cloud: { identity: elsewhere, viewed: true } });
    assert.equal(decision.effect, undefined);
  });

  it('or one that is out of reach keeps everything as it is', () => {
    const blocked = { reason: 'Unauthorised', message: 'no', stalled: true };
    const decision = decide(
      inputOf({ bot: botOf(), cloud: { identity: undefined, viewed: false, blocked } }),
    );
    assert.equal(decision.effect, undefined);
    assert.equal(condition(decision.status, 'Stalled')?.reason, 'Unauthorised');
  });
});
