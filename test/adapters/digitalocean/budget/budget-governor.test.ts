import assert from 'node:assert/strict';
import test from 'node:test';
import {
  BudgetGovernor,
  type BudgetLimits,
} from '../../../../src/adapters/digitalocean/budget/budget-governor.ts';
import type { CallClass } from '../../../../src/ports/budget.ts';
import { virtualClock } from '../virtual-clock.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

function rig(limits: BudgetLimits = {}) {
  const clock = virtualClock();
  const budget = new BudgetGovernor(clock, limits);
  /** One call that is over at once. */
  const call = async (callClass: CallClass, signal?: AbortSignal) => {
    const place = await budget.acquire(callClass, signal);
    place.finish();
  };
  /** Makes calls until one would wait; tells how many. */
  const spend = (callClass: CallClass, most = Number.POSITIVE_INFINITY) => {
    let count = 0;
    for (; count < most; count++) {
      const place = budget.reserve(callClass);
      if (place === undefined) break;
      budget.redeem(place);
      place.finish();
    }
    return count;
  };
  return { clock, budget, call, spend };
}

test('a minute holds 250 calls and no more, by default', async () => {
  const { clock, spend, budget } = rig();
  assert.equal(spend('urgent'), 250);
  await clock.advance(MINUTE - 1);
  assert.equal(spend('urgent'), 0);
  await clock.advance(1000);
  assert.equal(spend('urgent'), 250);
  assert.equal(budget.snapshot().hourlyRemaining, 4500);
});

test('an hour holds 5,000 calls and no more, by default', async () => {
  const { clock, spend } = rig();
  let made = 0;
  for (let minute = 0; minute < 58; minute++) {
    made += spend('create');
    await clock.advance(MINUTE + 500);
  }
  assert.equal(made, 5000);
  await clock.advance(3 * MINUTE);
  assert.equal(spend('create'), 250);
});

test('the window slides: in any minute of a long run at most 250 calls leave', async () => {
  const { clock, budget } = rig({ hourly: Number.POSITIVE_INFINITY });
  const left: number[] = [];
  const all = Array.from({ length: 1050 }, async () => {
    const place = await budget.acquire('create');
    left.push(clock.monotonic());
    place.finish();
  });
  await clock.until(Promise.all(all));
  for (let index = 250; index < left.length; index++) {
    assert.ok((left[index] ?? 0) - (left[index - 250] ?? 0) >= MINUTE);
  }
  const took = left.at(-1) ?? 0;
  assert.ok(took >= 4 * MINUTE && took <= 4 * MINUTE * 1.1, `1,050 calls took ${took} ms`);
});

test('background calls leave the last tenth of the minute to the others', () => {
  const { spend } = rig();
  assert.equal(spend('background'), 225);
  assert.equal(spend('transition'), 25);
});

test('background calls leave the last tenth of the hour to the others', () => {
  const { spend } = rig({ hourly: 100, minute: Number.POSITIVE_INFINITY });
  assert.equal(spend('background'), 90);
  assert.equal(spend('urgent'), 10);
});

test('waiting calls are admitted by urgency, and in order of arrival within a class', async () => {
  const { clock, budget, spend } = rig({ minute: 10 });
  spend('urgent');
  const order: string[] = [];
  const names = ['background 1', 'transition 1', 'create 1', 'urgent 1', 'create 2', 'urgent 2'];
  const waiting = names.map(async (name) => {
    const place = await budget.acquire(name.split(' ')[0] as CallClass);
    order.push(name);
    place.finish();
  });
  assert.equal(budget.snapshot().queued, 6);
  await clock.until(Promise.all(waiting));
  assert.deepEqual(order, ['urgent 1', 'urgent 2', 'create 1', 'create 2', 'transition 1', 'background 1']);
});

test('a newcomer does not overtake waiting calls of its own class', async () => {
  const { clock, budget, spend, call } = rig({ concurrency: 1 });
  const held = budget.reserve('create');
  const first = call('create');
  assert.equal(budget.reserve('create'), undefined);
  held?.release();
  await clock.until(first);
  assert.equal(spend('create', 1), 1);
});

test('an urgent call overtakes the line, which then waits on: no more are in flight than allowed', async () => {
  const { clock, budget } = rig({ concurrency: 2 });
  const places = [budget.reserve('create'), budget.reserve('create')];
  const admitted: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    const place = await budget.acquire('background');
    admitted.push(name);
    return place;
  });
  for (const place of places) place?.release();
  const urgent = budget.reserve('urgent');
  assert.ok(urgent);
  await clock.advance(10);
  assert.deepEqual(admitted, ['first']);
  urgent.release();
  await clock.until(Promise.all(waiting));
  assert.deepEqual(admitted, ['first', 'second']);
});

test('a reservation released unused is free again', () => {
  const { budget, spend } = rig({ minute: 3 });
  const place = budget.reserve('create');
  assert.equal(budget.snapshot().minuteRemaining, 2);
  place?.release();
  place?.release();
  assert.equal(budget.snapshot().minuteRemaining, 3);
  assert.equal(spend('create'), 3);
});

test('a permit is spent once, and only in the budget that gave it', () => {
  const { budget } = rig();
  const other = rig().budget;
  const permit = budget.reserve('create');
  assert.equal(other.redeem(permit), undefined);
  const place = budget.redeem(permit);
  assert.ok(place);
  assert.equal(budget.redeem(permit), undefined);
  permit?.release();
  assert.equal(budget.snapshot().minuteRemaining, 249, 'releasing a spent permit gives nothing back');
  place.finish();
  assert.equal(budget.snapshot().minuteRemaining, 249);
});

test('a permit spent late counts from the moment of sending', async () => {
  const { clock, budget, spend } = rig({ minute: 1 });
  const permit = budget.reserve('create');
  await clock.advance(5000);
  budget.redeem(permit)?.finish();
  await clock.advance(MINUTE - 4000);
  assert.equal(spend('create'), 0);
  await clock.advance(4500);
  assert.equal(spend('create'), 1);
});

test('no more calls are in flight than allowed, permits included', async () => {
  const { clock, budget } = rig({ concurrency: 2 });
  const permit = budget.reserve('create');
  const running = await budget.acquire('create');
  assert.equal(budget.reserve('urgent'), undefined);
  assert.ok(budget.nextAt('urgent') > clock.now());
  let admitted = false;
  const waiting = Promise.resolve(budget.acquire('create')).then((place) => {
    admitted = true;
    return place;
  });
  await clock.advance(10 * MINUTE);
  assert.equal(admitted, false);
  running.finish();
  (await clock.until(waiting)).finish();
  permit?.release();
  assert.equal(budget.nextAt('urgent'), clock.now());
});

test('nextAt says when a call of the class could be sent, after those ahead of it', async () => {
  const { clock, budget, spend, call } = rig({ minute: 10, hourly: Number.POSITIVE_INFINITY });
  assert.equal(budget.nextAt('background'), clock.now());
  spend('create', 5);
  await clock.advance(10_000);
  spend('create', 5);
  assert.equal(budget.nextAt('create'), clock.now() + 50_250);
  const waiting = Array.from({ length: 5 }, () => call('create'));
  assert.equal(budget.nextAt('create'), clock.now() + 60_250);
  assert.equal(budget.nextAt('urgent'), clock.now() + 50_250);
  await clock.until(Promise.all(waiting));
});

test('Retry-After stops every class until it has passed', async () => {
  const { clock, budget, spend } = rig();
  budget.block(30_000);
  budget.block(5_000);
  assert.equal(spend('urgent'), 0);
  assert.equal(budget.snapshot().blockedUntil, clock.now() + 30_000);
  assert.equal(budget.nextAt('urgent'), clock.now() + 30_000);
  const waiting = Promise.resolve(budget.acquire('urgent'));
  await clock.until(waiting);
  assert.equal(clock.monotonic(), 30_000);
  assert.equal(budget.snapshot().blockedUntil, 0);
});

test('what others spend on the token is learnt from the headers', () => {
  const { budget, spend } = rig({ minute: Number.POSITIVE_INFINITY });
  spend('create', 10);
  budget.learn({ limit: 5000, remaining: 100, resetMs: HOUR });
  assert.equal(budget.snapshot().hourlyRemaining, 100);
  assert.equal(spend('background'), 0);
  assert.equal(spend('urgent'), 100);
  budget.learn({ limit: 5000, remaining: 4000, resetMs: HOUR });
  assert.equal(budget.snapshot().hourlyRemaining, 4000, 'each answer measures the others anew');
});

test('an answer that counts fewer calls than we made changes nothing', () => {
  const { budget, spend } = rig();
  spend('create', 20);
  budget.learn({ limit: 5000, remaining: 4995, resetMs: HOUR });
  assert.equal(budget.snapshot().hourlyRemaining, 4980);
});

test('an hour used up by others is probed when their oldest call expires, and not waited out', async () => {
  const { clock, budget, spend } = rig();
  budget.learn({ limit: 5000, remaining: 0, resetMs: 20_000 });
  assert.equal(budget.nextAt('urgent'), clock.now() + 20_000);
  await clock.advance(20_000);
  assert.equal(spend('urgent'), 1);
  await clock.advance(1000);
  assert.equal(spend('urgent'), 1);
});

test('a raised hourly limit is taken from the headers, but never above the configured one', () => {
  const { budget } = rig();
  budget.learn({ limit: 10_000, remaining: 10_000, resetMs: HOUR });
  assert.equal(budget.snapshot().hourlyLimit, 10_000);
  const modest = rig({ hourly: 1000 }).budget;
  modest.learn({ limit: 10_000, remaining: 10_000, resetMs: HOUR });
  assert.equal(modest.snapshot().hourlyLimit, 1000);
});

test('a lowered limit is obeyed at once', () => {
  const { budget, spend } = rig({ minute: Number.POSITIVE_INFINITY });
  budget.learn({ limit: 40, remaining: 40, resetMs: HOUR });
  assert.equal(spend('urgent'), 40);
});

test('a call that waits ends with the signal, and its place in line goes to the next', async () => {
  const { clock, budget, spend } = rig({ minute: 1 });
  spend('urgent');
  const controller = new AbortController();
  const given = Promise.resolve(budget.acquire('urgent', controller.signal));
  const next = Promise.resolve(budget.acquire('create'));
  controller.abort(new Error('enough'));
  await assert.rejects(given, /enough/);
  assert.equal(budget.snapshot().queued, 1);
  (await clock.until(next)).finish();
  assert.equal(budget.snapshot().queued, 0);
});

test('a call whose signal has already aborted does not join the line', async () => {
  const { budget, spend } = rig({ minute: 1 });
  spend('urgent');
  await assert.rejects(
    Promise.resolve(budget.acquire('urgent', AbortSignal.abort(new Error('enough')))),
    /enough/,
  );
  assert.equal(budget.snapshot().queued, 0);
});

test('listeners are notified when calls become free after a refusal, by time or by a release', async () => {
  const { clock, budget, spend } = rig({ minute: 2, concurrency: 1 });
  let told = 0;
  const stop = budget.onCapacity(() => {
    told += 1;
  });
  const place = budget.reserve('create');
  assert.equal(budget.reserve('create'), undefined);
  place?.release();
  assert.equal(told, 1);
  spend('create', 2);
  assert.equal(budget.reserve('create'), undefined);
  await clock.advance(MINUTE + 250);
  assert.equal(told, 2);
  stop();
  spend('create');
  await clock.advance(2 * MINUTE);
  assert.equal(told, 2);
});

test('a listener that takes some of what is free is notified again of the rest', async () => {
  const { clock, budget, spend } = rig({ minute: 5 });
  let made = 0;
  budget.onCapacity(() => {
    made += spend('create');
  });
  made += spend('create');
  await clock.advance(10 * MINUTE);
  assert.equal(made, 50, '5 a minute, for 10 minutes less the margins of the window');
});

test('a budget at rest keeps no timer', async () => {
  const { clock, spend } = rig();
  spend('create', 100);
  assert.equal(clock.pending, 0);
  await clock.advance(2 * HOUR);
  assert.equal(clock.pending, 0);
});

test('without limits calls wait only for calls in flight', () => {
  const { budget, spend } = rig({ hourly: Number.POSITIVE_INFINITY, minute: Number.POSITIVE_INFINITY });
  budget.learn({ limit: 5000, remaining: 0, resetMs: HOUR });
  assert.equal(spend('background', 100_000), 100_000);
  assert.equal(budget.snapshot().hourlyRemaining, Number.POSITIVE_INFINITY);
});

test('a hundred thousand calls cost no more each than the first', () => {
  const { spend } = rig({ hourly: 1e6, minute: 1e6 });
  const start = performance.now();
  assert.equal(spend('create', 100_000), 100_000);
  const micros = ((performance.now() - start) * 1000) / 100_000;
  assert.ok(micros < 20, `${micros} µs a call`);
});
