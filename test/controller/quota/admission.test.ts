import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { CreateAdmission } from '../../../src/controller/quota/admission.ts';
import { type ResourceKey, resourceKey } from '../../../src/model/resource-key.ts';
import type { Budget } from '../../../src/ports/budget.ts';

const key = (name: string) => resourceKey('default', name);

function bed(options: { slots?: number; replacements?: number; calls?: number } = {}) {
  const clock = new VirtualClock(0);
  const called: ResourceKey[] = [];
  let left = options.calls ?? 1_000;
  let released = 0;
  const permit = {
    release() {
      released += 1;
      left += 1;
    },
  };
  const snapshot = () => ({
    hourlyLimit: 5_000,
    hourlyRemaining: left,
    minuteLimit: 250,
    minuteRemaining: left,
    blockedUntil: 0,
    queued: 0,
  });
  const budget: Budget = {
    reserve() {
      if (left === 0) return undefined;
      left -= 1;
      return permit;
    },
    nextAt: () => (left > 0 ? clock.now() : clock.now() + 5_000),
    snapshot,
    onCapacity: () => () => {},
  };
  const admission = new CreateAdmission({
    clock,
    budget,
    maxConcurrentCreates: options.slots ?? 2,
    maxReplacements: () => options.replacements ?? 1,
    call: (waiting) => called.push(waiting),
  });
  /** One pass that only asks. */
  const asks = (name: string, replacement = false) => {
    const answer = admission.ask(key(name), replacement);
    return answer.admitted ? 'admitted' : answer.reason;
  };
  /** A pass in which the POST is sent and the droplet boots. */
  const creates = (name: string, replacement = false) => {
    const answer = asks(name, replacement);
    if (answer === 'admitted') {
      admission.takePermit(key(name));
      admission.settle(key(name), true, replacement);
    }
    admission.withdraw(key(name));
    return answer;
  };
  return {
    clock,
    admission,
    asks,
    creates,
    called,
    released: () => released,
    refill: (calls: number) => {
      left = calls;
    },
  };
}

describe('CreateAdmission', () => {
  it('admits as many as there are slots, until a droplet is active', () => {
    const { creates, admission } = bed();
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => creates(name)),
      ['admitted', 'admitted', 'WaitingForSlot'],
    );
    assert.equal(admission.creating, 2);
    admission.settle(key('a'), false, false);
    assert.equal(creates('c'), 'admitted');
  });

  it('calls those who wait in the order in which they came, over any number of passes', () => {
    const { creates, admission, called } = bed({ slots: 1 });
    for (const name of ['a', 'b', 'c']) creates(name);
    creates('c');
    admission.settle(key('a'), false, false);
    assert.deepEqual(called, [key('b')]);
    assert.equal(creates('c'), 'WaitingForSlot');
    assert.equal(creates('b'), 'admitted');
  });

  it('calls the next when whoever was called no longer wants its place', () => {
    const { creates, admission, called } = bed({ slots: 1 });
    for (const name of ['a', 'b', 'c']) creates(name);
    admission.settle(key('a'), false, false);
    admission.withdraw(key('b'));
    assert.deepEqual(called, [key('b'), key('c')]);
    assert.equal(creates('c'), 'admitted');
  });

  it('gives an unused place and its call back', () => {
    const { asks, admission, released } = bed({ slots: 1 });
    asks('a');
    assert.equal(asks('b'), 'WaitingForSlot');
    admission.withdraw(key('a'));
    assert.equal(released(), 1);
    assert.equal(asks('b'), 'admitted');
  });

  it('answers the same when asked twice, and takes one call', () => {
    const { asks, admission, released } = bed({ calls: 1 });
    assert.deepEqual([asks('a'), asks('a')], ['admitted', 'admitted']);
    admission.withdraw(key('a'));
    assert.equal(released(), 1);
  });

  it('re-creates only so many lost droplets at once, and counts each of them once', () => {
    const { creates, asks, admission } = bed({ slots: 9, replacements: 1 });
    assert.equal(creates('a', true), 'admitted');
    // Its create was in doubt and came to nothing: it asks again in the place that it has.
    assert.equal(creates('a', true), 'admitted');
    assert.equal(creates('b', true), 'WaitingForSlot');
    assert.equal(creates('c'), 'admitted');
    admission.settle(key('a'), false, true);
    assert.equal(asks('b', true), 'admitted');
  });

  it('waits for the call budget, and calls when it has calls again', () => {
    const { creates, clock, called, refill } = bed({ slots: 9, calls: 1 });
    assert.deepEqual([creates('a'), creates('b')], ['admitted', 'RateLimited']);
    refill(10);
    clock.runNext();
    assert.deepEqual(called, [key('b')]);
    assert.equal(clock.now(), 5_000);
  });

  it('lets one bot probe the cloud’s droplet limit after 1, 2, 4 and at most 15 minutes', () => {
    const { creates, asks, admission, clock } = bed({ slots: 9 });
    creates('a');
    const minutes = Array.from({ length: 6 }, () => (admission.dropletLimitReached() - clock.now()) / 60_000);
    assert.deepEqual(minutes, [1, 2, 4, 8, 15, 15]);
    assert.equal(asks('b'), 'DropletLimitReached');
    clock.runNext();
    assert.equal(creates('b'), 'admitted');
    assert.equal(asks('c'), 'DropletLimitReached');
  });

  it('lets the next one probe when the prober gave up without an answer', () => {
    const { creates, asks, admission, clock } = bed({ slots: 9 });
    admission.dropletLimitReached();
    clock.runNext();
    creates('b');
    admission.settle(key('b'), false, false);
    assert.equal(asks('c'), 'admitted');
  });

  it('lets everybody go on once a create was accepted', () => {
    const { creates, asks, admission, called } = bed({ slots: 9 });
    admission.dropletLimitReached();
    creates('b');
    creates('c');
    admission.dropletLimitLifted();
    assert.deepEqual(called, [key('b'), key('c')]);
    assert.equal(asks('c'), 'admitted');
  });
});
