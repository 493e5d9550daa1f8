import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventRecorder } from '../../../../../src/adapters/kubernetes/client/events/event-recorder.ts';
import type { KubeAPI, RequestOptions } from '../../../../../src/adapters/kubernetes/client/kube-api.ts';
import { KubeError, type KubeFailure } from '../../../../../src/adapters/kubernetes/client/kube-error.ts';
import { VirtualClock } from '../../../../../src/adapters/system/virtual-clock.ts';
import type { FaultKind } from '../../../../../src/ports/port-error.ts';
import { draft, reporter } from '../../support/event-draft.ts';
import { turns } from '../../support/turns.ts';

/** Takes every call down; fails with `fault` while there is one. */
class Notebook {
  readonly calls: string[] = [];
  fault: FaultKind | undefined;
  /** Calls wait for it. */
  open: Promise<void> = Promise.resolve();

  readonly client: KubeAPI = {
    host: 'notebook',
    request: async <T>(method: string, _path: string, options: RequestOptions = {}): Promise<T> => {
      const { series, reason } = options.body as { series?: { count: number }; reason?: string };
      this.calls.push(`${method} ${series?.count ?? reason}`);
      await Promise.race([this.open, abortOf(options.signal)]);
      const failure: KubeFailure = { httpStatus: 0 };
      if (this.fault) throw new KubeError({ kind: this.fault } as { kind: 'doubtful' }, this.fault, failure);
      return {} as T;
    },
    watch: () => assert.fail('nothing is watched'),
    close: async () => undefined,
  };
}

function abortOf(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

describe('EventRecorder in time', () => {
  const begin = () => {
    const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
    const notebook = new Notebook();
    const warnings: object[] = [];
    const log = { debug() {}, info() {}, warn: (fields: object) => warnings.push(fields), error() {} };
    const events = new EventRecorder({ client: notebook.client, clock, log, ...reporter });
    const pass = async (ms: number) => {
      const end = clock.monotonic() + ms;
      clock.schedule(ms, () => undefined);
      await turns();
      while ((clock.nextAt() ?? Number.POSITIVE_INFINITY) <= end) {
        clock.runNext();
        await turns();
      }
    };
    return { clock, notebook, events, pass, warnings };
  };

  it('tells the second occurrence at once and later ones once a minute', async () => {
    const { notebook, events, pass } = begin();
    for (let second = 0; second < 121; second += 1) {
      events.record(draft());
      await pass(1_000);
    }
    assert.deepEqual(notebook.calls, ['POST DropletCreated', 'PATCH 2', 'PATCH 61', 'PATCH 121']);
  });

  it('begins a new event when the last occurrence is six minutes ago', async () => {
    const { notebook, events, pass } = begin();
    events.record(draft());
    await pass(361_000);
    events.record(draft());
    await pass(0);
    assert.deepEqual(notebook.calls, ['POST DropletCreated', 'POST DropletCreated']);
  });

  it('writes no more than 20 events of one object at once, then one each 30 s', async () => {
    const { notebook, events, pass } = begin();
    for (let count = 0; count < 50; count += 1) events.record(draft({ reason: `Reason${count}` }));
    events.record(draft({}, 'another'));
    await pass(1_000);
    assert.equal(notebook.calls.length, 21);
    await pass(60_000);
    assert.equal(notebook.calls.length, 23);
    assert.equal(events.dropped, 0);
  });

  it('drops what does not fit into the queue, and says so once a minute at most', async () => {
    const { notebook, events, pass, warnings } = begin();
    const hold = Promise.withResolvers<void>();
    notebook.open = hold.promise;
    for (let count = 0; count < 1_500; count += 1) events.record(draft({}, `bot-${count}`));
    hold.resolve();
    await pass(0);
    await turns(3_000);
    assert.equal(events.dropped, 1_500 - notebook.calls.length);
    assert.ok(notebook.calls.length <= 1_001);
    assert.equal(warnings.length, 1);
  });

  it('tries again when the server gives no answer, and takes a name that is there for its own', async () => {
    const { notebook, events, pass } = begin();
    notebook.fault = 'doubtful';
    events.record(draft());
    await pass(1_500);
    notebook.fault = 'conflict';
    await pass(10_000);
    assert.equal(notebook.calls.length, 3);
    assert.equal(events.dropped, 0);
    notebook.fault = undefined;
    events.record(draft());
    await pass(0);
    assert.equal(notebook.calls.at(-1), 'PATCH 2');
  });

  it('gives an event up after five tries', async () => {
    const { notebook, events, pass } = begin();
    notebook.fault = 'unavailable';
    events.record(draft());
    await pass(60_000);
    assert.deepEqual([notebook.calls.length, events.dropped], [5, 1]);
  });

  it('stops within two seconds, and records nothing afterwards', async () => {
    const { clock, notebook, events, pass } = begin();
    notebook.open = new Promise(() => undefined);
    events.record(draft());
    const before = clock.monotonic();
    const stopped = events.stop();
    await pass(2_000);
    await stopped;
    assert.ok(clock.monotonic() - before <= 2_000);
    events.record(draft({ reason: 'Late' }));
    await pass(1_000);
    assert.deepEqual(notebook.calls, ['POST DropletCreated']);
    assert.equal(events.dropped, 1);
  });
});
