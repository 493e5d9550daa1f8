import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyOutcome, type Outcome } from '../../src/decide/apply-outcome.ts';
import type { Effect } from '../../src/decide/effect.ts';
import type { BotStatus, Operation } from '../../src/model/spec/bot-status.ts';
import type { Fault } from '../../src/ports/port-error.ts';
import { ago, attemptOf, dropletOf, now, orderOf, recordOf, templateOf, uid } from './input-builder.ts';

const context = { now, generation: 4 };
const create: Effect = { kind: 'create', order: orderOf(), template: templateOf(), birth: 1 };
const registration = { tokens: [{ sha256: 'a'.repeat(64), attemptID: 'attempt-1', issuedAt: ago(0) }] };
const attempting: BotStatus = { ownerUID: uid, createAttempt: attemptOf(), registration, placeHeld: true };
const failed = (fault: Fault): Outcome => ({ ok: false, fault, message: 'it went wrong.' });
const refused: Fault = { kind: 'refused', reason: 'unprocessable_entity', httpStatus: 422 };
const act = (type: 'reboot' | 'power_on' | 'shutdown' | 'enable_ipv6'): Effect => ({
  kind: 'act',
  dropletID: 100,
  request: { type },
});

function operating(type: Operation['type'], step: Operation['step']): BotStatus {
  const operation = { type, step, requestID: 'r1', startedAt: ago(0), stepAt: ago(0) };
  return { ownerUID: uid, droplet: recordOf(dropletOf()), operation };
}

describe('the outcome of a create', () => {
  it('accepted: the droplet is recorded with its template, the attempt closed, and a 404 proves nothing yet', () => {
    const { status } = applyOutcome(
      attempting,
      create,
      { ok: true, droplet: dropletOf({ status: 'new' }) },
      context,
    );
    assert.equal(status.droplet?.id, 100);
    assert.equal(status.droplet?.seen, false);
    assert.equal(status.createAttempt, undefined);
    assert.deepEqual(status.registration, registration);
    assert.equal(status.placeHeld, true);
  });

  it('doubtful: the attempt stays, with its doubt', () => {
    const { status, notBefore } = applyOutcome(attempting, create, failed({ kind: 'doubtful' }), context);
    assert.equal(status.createAttempt?.doubt, 'it went wrong.');
    assert.deepEqual(status.registration, registration);
    assert.equal(notBefore, undefined);
  });

  it('refused: the attempt is closed, no place is held, and the refusal is counted for this spec', () => {
    const { status } = applyOutcome(attempting, create, failed(refused), context);
    assert.equal(status.createAttempt, undefined);
    assert.equal(status.registration, undefined);
    assert.equal(status.placeHeld, undefined);
    assert.deepEqual(status.refusal, {
      what: 'create',
      message: 'it went wrong.',
      at: ago(0),
      count: 1,
      generation: 4,
    });
    const again = applyOutcome({ ...attempting, ...status }, create, failed(refused), context);
    assert.equal(again.status.refusal?.count, 2);
    const changed = applyOutcome({ ...attempting, ...status }, create, failed(refused), {
      now,
      generation: 5,
    });
    assert.equal(changed.status.refusal?.count, 1);
  });

  it('refused for a replacement: it keeps its place', () => {
    const { status } = applyOutcome(
      { ...attempting, knownDropletIDs: [7] },
      create,
      failed(refused),
      context,
    );
    assert.equal(status.placeHeld, true);
  });

  it('rate limited or certainly not sent: the attempt is withdrawn and made again later', () => {
    const limited = applyOutcome(
      attempting,
      create,
      failed({ kind: 'rateLimited', until: now + 9_000 }),
      context,
    );
    assert.equal(limited.status.createAttempt, undefined);
    assert.equal(limited.notBefore, now + 9_000);
    const unsent = applyOutcome(attempting, create, failed({ kind: 'unavailable' }), context);
    assert.equal(unsent.status.createAttempt, undefined);
    assert.equal(unsent.status.refusal, undefined);
    assert.equal(unsent.notBefore, now + 1_000);
  });

  it('with a bad token: nothing is held against the bot; with a missing scope: it is refused', () => {
    const bad = applyOutcome(attempting, create, failed({ kind: 'unauthorised' }), context);
    assert.equal(bad.status.refusal, undefined);
    assert.equal(bad.notBefore, now + 60_000);
    const scope = applyOutcome(
      attempting,
      create,
      failed({ kind: 'unauthorised', forbidden: 'missing droplet:create', missingScope: 'droplet:create' }),
      context,
    );
    assert.equal(scope.status.refusal?.what, 'create');
  });
});

describe('the outcome of another effect', () => {
  it('reboot accepted: the request is handled', () => {
    const { status } = applyOutcome(operating('Reboot', 'Reboot'), act('reboot'), { ok: true }, context);
    assert.equal(status.handledRequests?.reboot, 'r1');
    assert.equal(status.operation, undefined);
  });

  it('reboot in doubt: the claim stays', () => {
    const { status, notBefore } = applyOutcome(
      operating('Reboot', 'Reboot'),
      act('reboot'),
      failed({ kind: 'doubtful' }),
      context,
    );
    assert.equal(status.operation?.type, 'Reboot');
    assert.equal(notBefore, now + 1_000);
  });

  it('reboot refused: handled; with a bad token: not', () => {
    const no = applyOutcome(operating('Reboot', 'Reboot'), act('reboot'), failed(refused), context);
    assert.equal(no.status.handledRequests?.reboot, 'r1');
    const bad = applyOutcome(
      operating('Reboot', 'Reboot'),
      act('reboot'),
      failed({ kind: 'unauthorised' }),
      context,
    );
    assert.equal(bad.status.operation?.type, 'Reboot');
    assert.equal(bad.status.handledRequests, undefined);
  });

  it('resize refused: the operation ends and the refusal belongs to this spec', () => {
    const effect: Effect = {
      kind: 'act',
      dropletID: 100,
      request: { type: 'resize', size: 's', disk: false },
    };
    const { status } = applyOutcome(operating('Resize', 'Resize'), effect, failed(refused), context);
    assert.equal(status.operation, undefined);
    assert.equal(status.refusal?.what, 'resize');
    assert.equal(status.refusal?.generation, 4);
  });

  it('another event pending: tried again in 5 s', () => {
    const { notBefore, status } = applyOutcome(
      operating('Stop', 'Shutdown'),
      act('shutdown'),
      failed({ kind: 'pendingEvent' }),
      context,
    );
    assert.equal(notBefore, now + 5_000);
    assert.equal(status.operation?.type, 'Stop');
  });

  it('a step of a power operation refused: tried again in 10 s', () => {
    const { notBefore, status } = applyOutcome(
      operating('Start', 'PowerOn'),
      act('power_on'),
      failed(refused),
      context,
    );
    assert.equal(notBefore, now + 10_000);
    assert.equal(status.refusedOrder?.order, 'power_on 100');
    assert.equal(status.operation?.type, 'Start');
  });

  it('a change in place refused, or a project that does not exist: remembered for this spec', () => {
    const base: BotStatus = { ownerUID: uid, droplet: recordOf(dropletOf()) };
    assert.equal(
      applyOutcome(base, act('enable_ipv6'), failed(refused), context).status.refusal?.what,
      'enable_ipv6',
    );
    const assign: Effect = { kind: 'assign', dropletID: 100, projectID: 'p' };
    const unknown = applyOutcome(base, assign, failed({ kind: 'absent' }), context);
    assert.equal(unknown.status.refusal?.what, 'assign');
    const done = applyOutcome(unknown.status, assign, { ok: true }, context);
    assert.equal(done.status.refusal, undefined);
    assert.equal(done.status.droplet?.projectID, 'p');
  });

  it('stores the cloud’s action of a step', () => {
    const action = {
      id: 77,
      type: 'shutdown',
      status: 'in-progress',
      startedAt: ago(0),
      dropletID: 100,
    } as const;
    const { status } = applyOutcome(
      operating('Stop', 'Shutdown'),
      act('shutdown'),
      { ok: true, action },
      context,
    );
    assert.equal(status.operation?.actionID, 77);
  });
});
