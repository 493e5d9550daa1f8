import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { type Expected, HeartbeatMonitor } from '../../../src/controller/agents/heartbeat-monitor.ts';
import type { ResourceKey } from '../../../src/model/resource-key.ts';
import type { Clock } from '../../../src/ports/clock.ts';

const agent = 'a'.repeat(64);
const expected: Expected = { agentSHA256: agent, timeoutMs: 120_000, health: 'True' };

class Bed {
  readonly clock = new VirtualClock(Date.parse('2026-03-01T12:00:00Z'));
  readonly called: ResourceKey[] = [];
  timers = 0;
  readonly book = new HeartbeatMonitor({
    clock: this.#counting(),
    call: (key) => this.called.push(key),
    onSilence: () => undefined,
  });

  at(ms: number): void {
    const stop = this.clock.schedule(ms - this.clock.monotonic(), () => undefined);
    while ((this.clock.nextAt() ?? Number.POSITIVE_INFINITY) <= ms) this.clock.runNext();
    stop();
  }

  #counting(): Clock {
    const { clock } = this;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      schedule: (ms, run) => {
        this.timers += 1;
        return clock.schedule(ms, run);
      },
    };
  }
}

/** Of two bots, b was heard at once, a at 25 s. */
function heardTwice(): Bed {
  const bed = new Bed();
  for (const key of ['default/a', 'default/b'] as const) bed.book.listen(key, expected);
  bed.book.beat('default/b', agent);
  bed.at(25_000);
  bed.book.beat('default/a', agent);
  return bed;
}

/** A clock of a process that sleeps: what was due meanwhile runs when it wakes. */
class LateClock implements Clock {
  readonly #due = new Set<{ readonly at: number; readonly run: () => void }>();
  #ms = 0;

  now(): number {
    return this.#ms;
  }

  monotonic(): number {
    return this.#ms;
  }

  schedule(delayMs: number, run: () => void) {
    const entry = { at: this.#ms + delayMs, run };
    this.#due.add(entry);
    return () => void this.#due.delete(entry);
  }

  wakeAt(ms: number): void {
    this.#ms = ms;
    for (const entry of [...this.#due].filter(({ at }) => at <= ms)) {
      this.#due.delete(entry);
      entry.run();
    }
  }
}

describe('HeartbeatBook', () => {
  it('calls a bot once its timeout has passed, and no earlier', () => {
    const bed = new Bed();
    for (const key of ['default/a', 'default/b', 'default/c'] as const) bed.book.listen(key, expected);
    for (const ms of [30_000, 50_000, 80_000, 110_000, 119_999]) {
      bed.at(ms);
      bed.book.beat('default/c', agent);
      if (ms <= 50_000) bed.book.beat('default/a', agent);
    }
    assert.deepEqual(bed.called, []);
    bed.at(120_000);
    assert.deepEqual(bed.called, ['default/b']);
    bed.book.beat('default/c', agent);
    bed.at(150_000);
    bed.book.beat('default/c', agent);
    bed.at(169_999);
    assert.deepEqual(bed.called, ['default/b']);
    bed.at(170_000);
    assert.deepEqual(bed.called, ['default/b', 'default/a']);
  });

  it('does not take for silence what is over a beat of a time in which nobody at all was heard', () => {
    const bed = heardTwice();
    for (const ms of [125_000, 155_000, 179_999]) {
      bed.at(ms);
      bed.book.beat('default/a', agent);
      assert.deepEqual(bed.called, [], `at ${ms}`);
    }
    const { sinceHeardMs, quietMs } = bed.book.hearing('default/b', agent);
    assert.deepEqual([sinceHeardMs, quietMs], [179_999, 119_999]);
    bed.at(181_000);
    assert.deepEqual(bed.called, ['default/b']);
  });

  it('says within a timeout that nobody is heard, and then counts from when somebody is', () => {
    const bed = heardTwice();
    bed.at(144_999);
    assert.deepEqual(bed.called, []);
    bed.at(147_000);
    assert.deepEqual(bed.called.sort(), ['default/a', 'default/b']);
    bed.at(160_000);
    bed.book.beat('default/a', agent);
    assert.equal(bed.book.hearing('default/b', agent).quietMs, 0);
  });

  it('reads what was sent to a process that was paused before it takes anybody for silent', () => {
    const clock = new LateClock();
    const called: ResourceKey[] = [];
    const book = new HeartbeatMonitor({ clock, call: (key) => called.push(key), onSilence: () => undefined });
    for (const key of ['default/a', 'default/b'] as const) {
      book.listen(key, expected);
      book.beat(key, agent);
    }
    clock.wakeAt(200_000);
    assert.deepEqual(called, []);
    book.beat('default/a', agent);
    clock.wakeAt(202_000);
    assert.deepEqual(called, []);
    for (const ms of [230_000, 260_000, 290_000, 321_000]) {
      book.beat('default/a', agent);
      clock.wakeAt(ms);
    }
    assert.deepEqual(called, ['default/b']);
  });

  it('reads for a while alone, though bots come back meanwhile', () => {
    const clock = new LateClock();
    const called: ResourceKey[] = [];
    const book = new HeartbeatMonitor({ clock, call: (key) => called.push(key), onSilence: () => undefined });
    book.listen('default/a', expected);
    clock.wakeAt(200_000);
    for (const ms of [201_000, 202_000]) {
      book.listen(`default/at${ms}`, expected);
      clock.wakeAt(ms);
    }
    assert.deepEqual(called, ['default/a']);
  });

  it('tells since when an agent was heard, and any', () => {
    const bed = new Bed();
    bed.at(10_000);
    bed.book.listen('default/a', expected);
    bed.at(30_000);
    const before = bed.book.hearing('default/a', agent);
    assert.deepEqual(before, {
      sinceHeardMs: undefined,
      quietMs: 20_000,
      sinceAnyHeardMs: undefined,
      silentTogether: false,
    });
    bed.book.beat('default/a', agent);
    bed.at(35_000);
    assert.equal(bed.book.hearing('default/a', agent).sinceHeardMs, 5_000);
    assert.equal(bed.book.hearing('default/a', agent).sinceAnyHeardMs, 5_000);
  });

  it('hears an agent by its own token alone', () => {
    const bed = new Bed();
    bed.book.listen('default/a', expected);
    bed.book.beat('default/a', 'b'.repeat(64));
    assert.equal(bed.book.hearing('default/a', agent).sinceHeardMs, undefined);
    bed.book.beat('default/a', agent);
    bed.book.listen('default/a', { ...expected, agentSHA256: 'b'.repeat(64) });
    assert.equal(bed.book.hearing('default/a', 'b'.repeat(64)).sinceHeardMs, undefined);
    assert.equal(bed.book.hearing('default/a', agent).sinceHeardMs, undefined);
  });

  it('calls a bot that does not count as healthy with its next beat', () => {
    const bed = new Bed();
    bed.book.listen('default/a', { ...expected, health: 'False' });
    bed.at(600_000);
    assert.deepEqual(bed.called, []);
    bed.book.beat('default/a', agent);
    assert.deepEqual(bed.called, ['default/a']);
    bed.book.listen('default/a', expected);
    bed.book.beat('default/a', agent);
    assert.deepEqual(bed.called, ['default/a']);
    bed.at(900_000);
    assert.ok(bed.called.length > 1);
  });

  it('heeds a timeout that was made shorter', () => {
    const bed = new Bed();
    bed.book.listen('default/a', expected);
    bed.at(10_000);
    bed.book.listen('default/a', { ...expected, timeoutMs: 30_000 });
    bed.at(29_999);
    assert.deepEqual(bed.called, []);
    bed.at(30_000);
    assert.deepEqual(bed.called, ['default/a']);
  });

  it('remembers a beat that came before it listened, unless the bot was off since, or it was another agent’s', () => {
    const bed = new Bed();
    bed.book.beat('default/a', agent);
    bed.book.beat('default/b', agent);
    bed.book.beat('default/c', 'c'.repeat(64));
    bed.book.ignore('default/b', true);
    bed.at(10_000);
    for (const key of ['default/a', 'default/b', 'default/c'] as const) bed.book.listen(key, expected);
    const heard = (key: ResourceKey) => bed.book.hearing(key, agent).sinceHeardMs;
    assert.equal(heard('default/a'), 10_000);
    assert.equal(heard('default/b'), undefined);
    assert.equal(heard('default/c'), undefined);
    assert.deepEqual(bed.called, ['default/a']);
  });

  it('expects nothing of a bot that is ignored', () => {
    const bed = new Bed();
    bed.book.listen('default/a', expected);
    bed.book.ignore('default/a', false);
    bed.at(600_000);
    assert.deepEqual(bed.called, []);
    assert.equal(bed.book.size, 0);
  });

  it('calls a silent bot again until that is on record, and then no more', () => {
    const bed = new Bed();
    bed.book.listen('default/a', expected);
    for (let second = 30; second <= 360; second += 30) {
      bed.at(second * 1_000);
      bed.book.beat('default/b', agent);
    }
    assert.deepEqual(bed.called, ['default/a', 'default/a', 'default/a']);
    bed.book.listen('default/a', { ...expected, health: 'False' });
    bed.at(900_000);
    assert.equal(bed.called.length, 3);
    bed.book.beat('default/a', agent);
    assert.equal(bed.called.length, 4);
  });

  it('calls a silent bot once more when that is on record no longer', () => {
    const bed = new Bed();
    bed.book.listen('default/a', { ...expected, health: 'False' });
    bed.at(300_000);
    bed.book.listen('default/a', { ...expected, health: 'Unknown' });
    bed.at(301_000);
    assert.deepEqual(bed.called, ['default/a']);
  });

  it('goes on calling a silent bot though nobody at all is heard before that is on record', () => {
    const bed = new Bed();
    bed.book.listen('default/a', expected);
    for (let second = 30; second <= 120; second += 30) {
      bed.at(second * 1_000);
      bed.book.beat('default/b', agent);
    }
    assert.deepEqual(bed.called, ['default/a']);
    bed.book.listen('default/a', { ...expected, health: 'Unknown' });
    bed.at(600_000);
    const again = bed.called.filter((key) => key === 'default/a').length;
    assert.ok(again >= 3, `${again} times`);
  });

  it('needs no timer for a beat, and few for ten thousand bots', () => {
    const bed = new Bed();
    const keys = Array.from({ length: 10_000 }, (_, index): ResourceKey => `default/bot${index}`);
    for (const [index, key] of keys.entries()) {
      bed.at(index);
      bed.book.listen(key, expected);
    }
    const before = bed.timers;
    for (let second = 30; second <= 600; second += 30) {
      bed.at(second * 1_000);
      for (const key of keys) bed.book.beat(key, agent);
    }
    assert.deepEqual(bed.called, []);
    assert.ok(bed.timers - before < 50_000, `${bed.timers - before} timers`);
  });
});
