import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../src/decide/decide.ts';
import type { Input } from '../../src/decide/input.ts';
import { fleetTag, releasedTag } from '../../src/model/identity.ts';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';
import type { Droplet } from '../../src/ports/cloud.ts';
import {
  ago,
  allSent,
  born,
  botOf,
  concluded,
  condition,
  dropletOf,
  fleetID,
  inputOf,
  ownedInput,
  recordOf,
  spec,
  uid,
} from './input-builder.ts';

const deletion = { requestedAt: ago(1_000), implicit: false };
const orphan: BotSpec = { ...spec, deletionPolicy: 'Orphan' };

function deleting(input: Partial<Input> = {}, droplet: Droplet = dropletOf(), declared = spec): Input {
  return ownedInput(droplet, { spec: declared, record: recordOf(dropletOf()), bot: { deletion }, input });
}

describe('deletion with policy Delete', () => {
  it('destroys the droplet and keeps the record', () => {
    const decision = decide(deleting());
    assert.deepEqual(decision.effect, {
      kind: 'destroy',
      dropletID: 100,
      cause: 'Deletion',
      why: 'its bot is deleted',
    });
    assert.equal(decision.status.phase, 'Deleting');
    assert.equal(decision.status.placeHeld, true);
  });

  it('waits for GET 404: neither a 204, a listing without it nor an unproven 404 is enough', () => {
    const ordered = { effects: allSent(1_000) };
    assert.equal(decide(deleting(ordered)).effect, undefined);
    assert.deepEqual(decide(deleting({ ...ordered, recorded: { kind: 'unlisted' } })).look, {
      kind: 'droplet',
      dropletID: 100,
    });
    assert.equal(decide(deleting({ ...ordered, recorded: { kind: 'unproven' } })).effect, undefined);
  });

  it('releases once GET says 404', () => {
    assert.equal(concluded(deleting({ recorded: { kind: 'gone' } })).effect?.kind, 'release');
  });

  it('looks before it destroys what this process has never seen', () => {
    assert.deepEqual(decide(deleting({ recorded: { kind: 'unlooked' } })).look, {
      kind: 'droplet',
      dropletID: 100,
    });
  });

  it('destroys surplus droplets too, each confirmed, before it releases', () => {
    const other = born(1, { id: 200 });
    const unconfirmed = deleting({
      recorded: { kind: 'gone' },
      others: [{ droplet: other, confirmed: false }],
    });
    assert.deepEqual(concluded(unconfirmed).look, { kind: 'droplet', dropletID: 200 });
    const confirmed = { ...unconfirmed, others: [{ droplet: other, confirmed: true }] };
    assert.equal(concluded(confirmed).effect?.kind, 'destroy');
  });

  it('releases a bot that never had anything at once, even while the cloud is out of reach', () => {
    const blocked = { reason: 'CloudUnavailable', message: 'down', stalled: false };
    const cloud = { identity: undefined, viewed: false, blocked };
    assert.equal(decide(inputOf({ bot: botOf({ deletion }), cloud })).effect?.kind, 'release');
  });

  it('looks through a settling window before it releases a bot whose status was wiped', () => {
    const bot = botOf({ pristine: false, deletion });
    assert.deepEqual(decide(inputOf({ bot })).look, { kind: 'name' });
    const attempt = { elapsedMs: 5_000, lookUps: 3, sinceLastLookMs: 100, lookedAfterWindow: false };
    assert.equal(decide(inputOf({ bot, attempt })).effect, undefined);
    const settled = { elapsedMs: 121_000, lookUps: 3, sinceLastLookMs: 100, lookedAfterWindow: true };
    assert.equal(decide(inputOf({ bot, attempt: settled })).effect?.kind, 'release');
  });

  it('is held with the others that vanished at once', () => {
    const decision = decide(deleting({ held: 'delete' }));
    assert.equal(decision.effect, undefined);
    assert.equal(condition(decision.status, 'Stalled')?.reason, 'MassDeletionHeld');
    assert.match(condition(decision.status, 'Stalled')?.message ?? '', /clawfleet confirm delete/);
  });

  it('destroys nothing that carries another fleet’s tag: it takes ours off and lets the bot go', () => {
    const both = dropletOf({ tags: [fleetTag(fleetID), fleetTag('other000')] });
    assert.deepEqual(decide(deleting({}, both)).effect, {
      kind: 'untag',
      dropletID: 100,
      tag: fleetTag(fleetID),
    });
    const theirs = dropletOf({ tags: [fleetTag('other000')] });
    assert.equal(concluded(deleting({}, theirs)).effect?.kind, 'release');
  });

  it('destroys nothing that was released from the fleet before', () => {
    assert.equal(concluded(deleting({}, dropletOf({ tags: [releasedTag] }))).effect?.kind, 'release');
  });

  it('goes on although the declaration has problems', () => {
    const problems = [{ where: 'heron.yaml:3', field: 'spec.persona', rule: 'must be known' }];
    const input = deleting();
    const bot = { ...input.bot, problems };
    assert.equal(decide({ ...input, bot }).effect?.kind, 'destroy');
  });
});

describe('deletion with policy Orphan', () => {
  const released = dropletOf({ tags: [...dropletOf().tags, releasedTag] });
  const free = dropletOf({ tags: [releasedTag] });

  it('first marks the droplet as released, then takes the fleet’s tag off', () => {
    assert.deepEqual(decide(deleting({}, dropletOf(), orphan)).effect, {
      kind: 'tag',
      dropletID: 100,
      tag: releasedTag,
    });
    assert.deepEqual(decide(deleting({}, released, orphan)).effect, {
      kind: 'untag',
      dropletID: 100,
      tag: fleetTag(fleetID),
    });
  });

  it('is done only when a look shows it', () => {
    assert.equal(decide(deleting({ effects: allSent(500) }, released, orphan)).effect, undefined);
    const decision = concluded(deleting({}, free, orphan));
    assert.equal(decision.effect?.kind, 'release');
    assert.equal(decision.status.droplet, undefined);
  });

  it('waits for a droplet that is not visible yet', () => {
    const decision = decide(deleting({ recorded: { kind: 'unproven' } }, dropletOf(), orphan));
    assert.equal(decision.look, undefined);
    assert.equal(decision.effect, undefined);
  });

  it('releases a surplus droplet too', () => {
    const bot = botOf({
      pristine: false,
      deletion,
      spec: orphan,
      status: { ownerUID: uid, handledRequests: {}, knownDropletIDs: [1] },
    });
    const decision = concluded(
      inputOf({ bot, others: [{ droplet: born(1, { id: 200 }), confirmed: true }] }),
    );
    assert.deepEqual(decision.effect, { kind: 'tag', dropletID: 200, tag: releasedTag });
  });
});
