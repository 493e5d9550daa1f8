import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import { botTag, fleetTag } from '../../../src/model/identity.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus, Refusal } from '../../../src/model/spec/bot-status.ts';
import type { Droplet } from '../../../src/ports/cloud.ts';
import {
  ago,
  allSent,
  concluded,
  condition,
  dropletOf,
  fleetID,
  now,
  ownedInput,
  recordOf,
  spec,
  uid,
} from '../input-builder.ts';

const project = '5a4981aa-9653-4bd1-bef5-d6bff52042e4';

function having(
  changes: Partial<Droplet>,
  declared: BotSpec['droplet'] = {},
  status: Partial<BotStatus> = {},
  input: Partial<Input> = {},
): Input {
  return ownedInput(dropletOf(changes), { spec: { ...spec, droplet: declared }, status, input });
}

const without = (tag: string) => dropletOf().tags.filter((found) => found !== tag);
const act = (request: object) => ({ kind: 'act', dropletID: 100, request });

describe('what can be changed in place', () => {
  it('is nothing on a converged bot', () => {
    const decision = decide(having({}));
    assert.equal(decision.effect, undefined);
    assert.equal(decision.look, undefined);
    assert.equal(decision.requeueAt, undefined);
  });

  it('puts a tag back that someone took away, and calls it drift', () => {
    const decision = decide(having({ tags: without(botTag(uid)) }));
    assert.deepEqual(decision.effect, { kind: 'tag', dropletID: 100, tag: botTag(uid) });
    assert.deepEqual(decision.drift, [{ kind: 'Retagged', stage: 'found' }]);
  });

  it('allows two minutes for tags to appear on a young droplet', () => {
    const young = having({ tags: [], createdAt: ago(119_000) });
    assert.equal(decide(young).effect, undefined);
    const older = having({ tags: [], createdAt: ago(121_000) });
    assert.equal(decide(older).effect?.kind, 'tag');
  });

  it('does not wait for a single tag while others show: its call was lost', () => {
    const young = having({ tags: without(fleetTag(fleetID)), createdAt: ago(1_000) });
    assert.deepEqual(decide(young).effect, { kind: 'tag', dropletID: 100, tag: fleetTag(fleetID) });
  });

  it('adds a newly declared tag at once, in lower case, and records it before it is sent', () => {
    const decision = decide(having({ createdAt: ago(1_000) }, { tags: ['Blue'] }));
    assert.deepEqual(decision.effect, { kind: 'tag', dropletID: 100, tag: 'blue' });
    assert.equal(decision.status.droplet?.managedTags.includes('blue'), true);
  });

  it('removes a tag of ours that is no longer declared, and no other', () => {
    const record = recordOf(dropletOf(), { managedTags: [...dropletOf().tags, 'blue'] });
    const droplet = dropletOf({ tags: [...dropletOf().tags, 'blue', 'theirs'] });
    assert.deepEqual(decide(ownedInput(droplet, { record })).effect, {
      kind: 'untag',
      dropletID: 100,
      tag: 'blue',
    });
    const rest = dropletOf({ tags: [...dropletOf().tags, 'theirs'] });
    assert.equal(decide(ownedInput(rest, { record })).effect, undefined);
  });

  it('renames back', () => {
    const decision = decide(having({ name: 'web-1' }));
    assert.deepEqual(decision.effect, act({ type: 'rename', name: `openclaw-bot-${uid}` }));
    assert.deepEqual(decision.drift, [{ kind: 'Renamed', stage: 'found' }]);
  });

  it('switches backups on and off, and IPv6 on', () => {
    assert.deepEqual(decide(having({}, { backups: true })).effect, act({ type: 'enable_backups' }));
    assert.deepEqual(decide(having({ backups: true })).effect, act({ type: 'disable_backups' }));
    assert.deepEqual(decide(having({}, { ipv6: true })).effect, act({ type: 'enable_ipv6' }));
    assert.equal(decide(having({ ipv6: true })).effect, undefined);
  });

  it('files the droplet under its project once', () => {
    const effect = { kind: 'assign', dropletID: 100, projectID: project };
    assert.deepEqual(decide(having({}, { projectID: project })).effect, effect);
    const filed = recordOf(dropletOf(), { projectID: project });
    assert.equal(
      decide(ownedInput(dropletOf(), { record: filed, spec: { ...spec, droplet: { projectID: project } } }))
        .effect,
      undefined,
    );
  });

  it('happens one at a time', () => {
    const decision = decide(having({ name: 'web-1', tags: without(botTag(uid)) }, { backups: true }));
    assert.equal(decision.effect?.kind, 'tag');
  });

  it('is not sent twice within 30 s', () => {
    const decision = decide(having({ name: 'web-1' }, {}, {}, { effects: allSent(10_000) }));
    assert.equal(decision.effect, undefined);
    assert.equal(decision.requeueAt, now + 20_000);
    assert.equal(decision.watch, 100);
  });

  it('waits for a droplet that boots, and for an operation that is open', () => {
    assert.equal(decide(having({ name: 'web-1', status: 'new' })).effect, undefined);
    const operation = {
      type: 'Reboot',
      step: 'Reboot',
      requestID: 'x',
      startedAt: ago(0),
      stepAt: ago(0),
    } as const;
    assert.notEqual(concluded(having({ name: 'web-1' }, {}, { operation })).effect?.kind, 'act');
  });

  it('that was refused needs a person and is repeated slowly, or at once when the spec changes', () => {
    const refusal: Refusal = {
      what: 'assign',
      message: 'no such project.',
      at: ago(10_000),
      count: 1,
      generation: 1,
    };
    const refused = decide(having({}, { projectID: project }, { refusal }));
    assert.equal(refused.effect, undefined);
    assert.equal(condition(refused.status, 'Stalled')?.reason, 'ChangeRefused');
    assert.equal(refused.requeueAt, now + 50_000);
    assert.equal(
      decide(having({}, { projectID: project }, { refusal: { ...refusal, generation: 0 } })).effect?.kind,
      'assign',
    );
    assert.equal(
      decide(having({}, { projectID: project }, { refusal: { ...refusal, at: ago(60_000) } })).effect?.kind,
      'assign',
    );
  });
});
