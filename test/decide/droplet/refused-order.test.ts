import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyOutcome } from '../../../src/decide/apply-outcome.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { Effect } from '../../../src/decide/effect.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import type { Fault } from '../../../src/ports/port-error.ts';
import {
  ago,
  concluded,
  condition,
  dropletOf,
  now,
  ownedInput,
  recordOf,
  told,
  uid,
} from '../input-builder.ts';

const minute = 60_000;
const destroy: Effect = { kind: 'destroy', dropletID: 100, cause: 'Deletion', why: 'its bot is deleted' };
const owned: BotStatus = { ownerUID: uid, phase: 'Deleting', droplet: recordOf(dropletOf()) };
const missing: Fault = {
  ...{ kind: 'unauthorised', forbidden: 'You lack droplet:delete', missingScope: 'droplet:delete' },
};
const locked: Fault = { kind: 'refused', reason: 'The droplet is locked', httpStatus: 422 };
const pending: Fault = { kind: 'pendingEvent' };

function refused(status: BotStatus, fault: Fault, at = now, effect = destroy) {
  return applyOutcome(status, effect, { ok: false, fault, message: 'no' }, { now: at, generation: 1 });
}

function deleting(status: BotStatus) {
  const deletion = { requestedAt: ago(minute), implicit: false };
  return ownedInput(dropletOf(), { status, bot: { deletion } });
}

describe('a destruction that the cloud refuses', () => {
  it('is ordered again after 10, 20, 40 s and so on, every five minutes at last', () => {
    let status = owned;
    const waits: number[] = [];
    let at = now;
    for (let count = 0; count < 7; count += 1) {
      const settlement = refused(status, locked, at);
      waits.push(((settlement.notBefore ?? 0) - at) / 1_000);
      at = settlement.notBefore ?? 0;
      ({ status } = settlement);
    }
    assert.deepEqual(waits, [10, 20, 40, 80, 160, 300, 300]);
  });

  it('is Stalled until then with the cloud’s words, and with the scope where they name one', () => {
    const { status } = refused(owned, missing);
    const waiting = decide(deleting(status));
    assert.equal(waiting.effect, undefined);
    assert.equal(waiting.requeueAt, now + 10_000);
    assert.equal(told(waiting.status), 'Ready=False Reconciling=False Stalled=True DestroyRefused');
    assert.match(
      condition(waiting.status, 'Stalled')?.message ?? '',
      /: no\. Give the token the scope droplet:delete\./,
    );
    const due = decide({ ...deleting(status), now: now + 10_000 });
    assert.equal(due.effect?.kind, 'destroy');
  });

  it('is told once, as long as the words stay the same', () => {
    const first = refused(owned, missing);
    const second = refused(first.status, missing, now + 10_000);
    const third = refused(second.status, locked, now + 30_000);
    const reasons = [first, second, third].map(({ notes }) => notes.map(({ reason }) => reason));
    assert.deepEqual(reasons, [['DestroyRefused'], [], ['DestroyRefused']]);
    assert.deepEqual(decide(deleting(first.status)).notes, []);
  });

  it('because the droplet is busy is for a person only after 15 minutes', () => {
    const first = refused(owned, pending);
    assert.deepEqual([first.notBefore, first.notes], [now + 5_000, []]);
    const waiting = decide(deleting(first.status));
    assert.equal(told(waiting.status), 'Ready=False Reconciling=True Stalled=False Destroying');
    const late = refused(first.status, pending, now + 15 * minute);
    assert.deepEqual(
      late.notes.map(({ reason }) => reason),
      ['DestroyRefused'],
    );
  });

  it('is forgotten with the first that is accepted, and counts anew after an hour', () => {
    const { status } = refused(owned, locked);
    assert.equal(
      applyOutcome(status, destroy, { ok: true }, { now, generation: 1 }).status.refusedOrder,
      undefined,
    );
    assert.equal(refused(status, locked, now + 60 * minute).status.refusedOrder?.count, 1);
  });

  it('is forgotten once it is wanted no more', () => {
    const { status } = refused({ ...owned, phase: 'Online', handledRequests: {} }, locked);
    const calm = concluded(ownedInput(dropletOf(), { status }));
    assert.equal(calm.status.refusedOrder, undefined);
    assert.equal(condition(calm.status, 'Ready')?.status, 'True');
  });
});

describe('a step of an operation that the cloud refuses', () => {
  const powerOn: Effect = { kind: 'act', dropletID: 100, request: { type: 'power_on' } };
  const operation = { type: 'Start', step: 'PowerOn', startedAt: ago(0), stepAt: ago(0) } as const;
  const starting: BotStatus = { ...owned, phase: 'Online', operation };

  it('is Stalled with the cloud’s words, and ordered again slowly', () => {
    const { status, notBefore } = refused(starting, locked, now, powerOn);
    assert.equal(notBefore, now + 10_000);
    const waiting = decide(ownedInput(dropletOf({ status: 'off' }), { status }));
    assert.equal(waiting.effect, undefined);
    assert.equal(condition(waiting.status, 'Stalled')?.reason, 'ActionRefused');
  });

  it('is forgotten when the droplet gets there by another way', () => {
    const { status } = refused(starting, locked, now, powerOn);
    const up = concluded(ownedInput(dropletOf(), { status }));
    assert.deepEqual([up.status.operation, up.status.refusedOrder], [undefined, undefined]);
  });

  it('of an orphan’s tags is ordered again slowly too, not at once', () => {
    const tag: Effect = { kind: 'tag', dropletID: 100, tag: 'clawfleet-released' };
    assert.equal(refused(owned, missing, now, tag).notBefore, now + 10_000);
  });
});
