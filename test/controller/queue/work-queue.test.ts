import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { WorkQueue } from '../../../src/controller/queue/work-queue.ts';

function bed() {
  const clock = new VirtualClock(0);
  let wakes = 0;
  const queue = new WorkQueue<string>(clock, () => {
    wakes += 1;
  });
  const pass = (ms: number) => {
    const end = clock.monotonic() + ms;
    clock.schedule(ms, () => {});
    for (let next = clock.nextAt(); next !== undefined && next <= end; next = clock.nextAt()) clock.runNext();
  };
  return { queue, pass, wakes: () => wakes, take: () => queue.take()?.key };
}

describe('WorkQueue', () => {
  it('gives a key to one worker at a time; what is added meanwhile comes again after done', () => {
    const { queue, take } = bed();
    queue.add('a');
    assert.equal(take(), 'a');
    queue.add('a');
    queue.add('a');
    assert.equal(take(), undefined);
    queue.done('a');
    assert.equal(take(), 'a');
    queue.done('a');
    assert.equal(take(), undefined);
  });

  it('merges what is added twice', () => {
    const { queue, take } = bed();
    queue.add('a');
    queue.add('a');
    assert.equal(queue.depth, 1);
    take();
    queue.done('a');
    assert.equal(take(), undefined);
  });

  it('takes what is live before what is routine, and lets a live add raise a routine one', () => {
    const { queue, take } = bed();
    for (const key of ['r1', 'r2', 'r3']) queue.add(key, { priority: 'routine' });
    queue.add('live');
    queue.add('r3');
    queue.add('live', { priority: 'routine' });
    assert.deepEqual([take(), take(), take(), take()], ['live', 'r3', 'r1', 'r2']);
  });

  it('takes what somebody waits for before all else, and never lowers it', () => {
    const { queue, take } = bed();
    for (const key of ['l1', 'l2', 'l3']) queue.add(key);
    queue.add('l3', { priority: 'asked' });
    queue.add('l3');
    queue.add('a', { priority: 'asked' });
    assert.equal(queue.depth, 4);
    assert.deepEqual([take(), take(), take(), take(), take()], ['l3', 'a', 'l1', 'l2', undefined]);
  });

  it('keeps the higher priority of a key that became dirty twice', () => {
    const { queue, take } = bed();
    queue.add('a');
    take();
    queue.add('a');
    queue.add('a', { priority: 'routine' });
    queue.add('r', { priority: 'routine' });
    queue.done('a');
    assert.equal(take(), 'a');
  });

  it('merges delays to the shortest', () => {
    const { queue, pass, take } = bed();
    queue.add('a', { delayMs: 500 });
    queue.add('a', { delayMs: 100 });
    queue.add('a', { delayMs: 900 });
    pass(99);
    assert.equal(take(), undefined);
    pass(1);
    assert.equal(take(), 'a');
    queue.done('a');
    pass(2_000);
    assert.equal(take(), undefined);
  });

  it('adds at once what was to come later, and not a second time', () => {
    const { queue, pass, take } = bed();
    queue.add('a', { delayMs: 500 });
    queue.add('a');
    assert.equal(take(), 'a');
    queue.done('a');
    pass(1_000);
    assert.equal(take(), undefined);
  });

  it('brings a key back that came due while it was worked on', () => {
    const { queue, pass, take } = bed();
    queue.add('a');
    take();
    queue.add('a', { delayMs: 10 });
    pass(20);
    assert.equal(take(), undefined);
    queue.done('a');
    assert.equal(take(), 'a');
  });

  it('backs off by 5 ms, doubled up to 1,000 s, until told to forget', () => {
    const { queue } = bed();
    const delays = Array.from({ length: 20 }, () => queue.retry('a'));
    assert.deepEqual(delays.slice(0, 4), [5, 10, 20, 40]);
    assert.equal(delays.at(-1), 1_000_000);
    queue.forget('a');
    assert.equal(queue.retry('a'), 5);
  });

  it('tells how long a key waited, from its first add on', () => {
    const { queue, pass } = bed();
    queue.add('a');
    pass(30);
    queue.add('a');
    pass(12);
    assert.deepEqual(queue.take(), { key: 'a', waitedMs: 42 });
  });

  it('takes nothing in and gives nothing out once closed', () => {
    const { queue, pass, take } = bed();
    queue.add('a');
    queue.add('b', { delayMs: 10 });
    queue.close();
    queue.add('c');
    pass(100);
    assert.equal(take(), undefined);
  });

  it('loses no wake-up: every key added is taken at or after its due time, by one worker at a time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const workers = new Workers();
        for (const one of steps) workers[one.kind](one.key, one.ms);
        assert.deepEqual(workers.owedAtTheEnd(), []);
      }),
    );
  });
});

const step = fc.record({
  kind: fc.constantFrom('add' as const, 'take' as const, 'done' as const, 'pass' as const),
  key: fc.constantFrom('a', 'b', 'c'),
  ms: fc.constantFrom(0, 0, 5, 50),
});

/** What has been added and not been taken since, beside the queue itself. */
class Workers {
  readonly #bed = bed();
  readonly #owed = new Set<string>();
  readonly #working = new Set<string>();

  add(key: string, delayMs: number): void {
    this.#bed.queue.add(key, { delayMs });
    this.#owed.add(key);
  }

  take(): boolean {
    const key = this.#bed.take();
    if (key === undefined) return false;
    assert.equal(this.#working.has(key), false);
    this.#working.add(key);
    this.#owed.delete(key);
    return true;
  }

  done(key: string): void {
    if (this.#working.delete(key)) this.#bed.queue.done(key);
  }

  pass(_key: string, ms: number): void {
    this.#bed.pass(ms);
  }

  owedAtTheEnd(): string[] {
    for (const key of [...this.#working]) this.done(key);
    this.#bed.pass(100);
    while (this.take());
    return [...this.#owed];
  }
}
