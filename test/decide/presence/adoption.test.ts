import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import { adoptTag, fleetTag } from '../../../src/model/identity.ts';
import {
  attemptOf,
  botOf,
  concluded,
  condition,
  dropletOf,
  fleetID,
  inputOf,
  now,
  ownedInput,
  recordOf,
  spec,
  uid,
} from '../input-builder.ts';

const adopting = { ...spec, adopt: { dropletID: 300 } };
const candidate = dropletOf({
  id: 300,
  name: 'old-bot',
  tags: ['mine', adoptTag(fleetID)],
  size: 's-2vcpu-4gb',
});
const adoption = (input: Partial<Input>) => decide(inputOf({ bot: botOf({ spec: adopting }), ...input }));

describe('adoption', () => {
  it('looks at the droplet first', () => {
    assert.deepEqual(adoption({}).look, { kind: 'adoptee', dropletID: 300 });
  });

  it('records a droplet that carries the permission, changing nothing but tags', () => {
    const decision = concluded(inputOf({ bot: botOf({ spec: adopting }), adoptee: candidate }));
    assert.equal(decision.status.droplet?.origin, 'Adopted');
    assert.equal(decision.effect?.kind, 'tag');
    assert.equal(
      condition(decision.status, 'AdoptionDiffers')?.message.includes('size is s-2vcpu-4gb'),
      true,
    );
  });

  const refusals: readonly (readonly [string, Partial<Input>, RegExp])[] = [
    ['there is no such droplet', { adoptee: 'absent' }, /there is no droplet 300/],
    [
      'another bot holds it',
      { adoptee: candidate, adopteeHeldBy: 'default/egret' },
      /default\/egret has droplet 300/,
    ],
    [
      'it lacks the permission',
      { adoptee: { ...candidate, tags: ['mine'] } },
      /lacks the tag clawfleet-adopt-abcd1234/,
    ],
    ['it has only our fleet tag', { adoptee: { ...candidate, tags: [fleetTag(fleetID)] } }, /lacks the tag/],
    [
      'another fleet has it',
      { adoptee: { ...candidate, tags: [adoptTag(fleetID), fleetTag('other000')] } },
      /belongs to fleet other000/,
    ],
    [
      'another fleet has it too',
      { adoptee: { ...candidate, tags: [adoptTag(fleetID), fleetTag(fleetID), fleetTag('other000')] } },
      /belongs to fleet other000/,
    ],
  ];
  for (const [why, input, message] of refusals) {
    it(`is refused when ${why}, and looked at again within a minute`, () => {
      const decision = adoption(input);
      assert.equal(decision.effect, undefined);
      assert.equal(decision.status.droplet, undefined);
      assert.equal(condition(decision.status, 'Stalled')?.reason, 'AdoptionRefused');
      assert.match(condition(decision.status, 'Stalled')?.message ?? '', message);
      assert.equal(decision.requeueAt, now + 60_000);
    });
  }

  it('is not thought of while the bot has a droplet or an attempt', () => {
    const withDroplet = ownedInput(dropletOf(), { spec: adopting, input: { adoptee: candidate } });
    assert.equal(decide(withDroplet).status.droplet?.id, 100);
    const status = { ownerUID: uid, handledRequests: {}, createAttempt: attemptOf() };
    const bot = botOf({ pristine: false, spec: adopting, status });
    assert.deepEqual(decide(inputOf({ bot, adoptee: candidate })).look, { kind: 'name' });
  });

  it('is not asked for again once the adopted droplet is gone', () => {
    const status = { ownerUID: uid, handledRequests: {}, knownDropletIDs: [300] };
    const bot = botOf({ pristine: false, spec: adopting, status });
    assert.equal(decide(inputOf({ bot })).effect?.kind, 'create');
  });

  it('never renames, resizes or switches features of what it took over', () => {
    const tags = dropletOf().tags;
    const droplet = { ...candidate, tags, backups: true };
    const declared = { ...adopting, droplet: { size: 's-1vcpu-1gb', backups: false } };
    const { template: _, ...record } = recordOf(droplet, { origin: 'Adopted', managedTags: [...tags] });
    const decision = concluded(ownedInput(droplet, { spec: declared, record }));
    assert.equal(decision.effect, undefined);
    assert.equal(condition(decision.status, 'AdoptionDiffers')?.status, 'True');
    assert.equal(condition(decision.status, 'Ready')?.status, 'True');
  });

  it('releases the droplet to run on when the bot is deleted, unless Delete is declared', () => {
    const record = recordOf(candidate, { origin: 'Adopted' });
    const deletion = { requestedAt: '2026-03-01T00:00:00Z', implicit: true };
    const orphaned = decide(ownedInput(candidate, { spec: adopting, record, bot: { deletion } }));
    assert.equal(orphaned.effect?.kind, 'tag');
    const deleted = { ...adopting, deletionPolicy: 'Delete' as const };
    assert.equal(
      decide(ownedInput(candidate, { spec: deleted, record, bot: { deletion } })).effect?.kind,
      'destroy',
    );
  });
});
