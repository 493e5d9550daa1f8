import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../scripts/lab/until.ts';
import type { ApiClient, RequestOptions } from '../../../src/adapters/kubernetes/client/api-client.ts';
import { EventRecorder } from '../../../src/adapters/kubernetes/client/event-recorder.ts';
import type { EventDraft } from '../../../src/adapters/kubernetes/client/event-recorder-options.ts';
import { KubeError, type KubeFailure } from '../../../src/adapters/kubernetes/client/kube-error.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import type { FaultKind } from '../../../src/ports/port-error.ts';
import { type ApiServer, startApiServer, withoutServers } from '../support/api-server.ts';
import { turns } from '../support/turns.ts';

interface StoredEvent {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: string;
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly regarding: { readonly uid: string; readonly name: string };
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

const draft = (rest: Partial<EventDraft> = {}, name = 'alpha'): EventDraft => ({
  regarding: {
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Bot',
    namespace: 'default',
    name,
    uid: `uid-${name}`,
  },
  type: 'Normal',
  reason: 'DropletCreated',
  action: 'Reconcile',
  note: 'The droplet exists.',
  ...rest,
});
const reporter = { controller: 'clawfleet.dev/controller', instance: 'pod-1' };

describe('EventRecorder on a real API server', withoutServers, () => {
  let api: ApiServer;
  before(async () => {
    api = await startApiServer();
  });
  after(() => api[Symbol.asyncDispose]());

  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const recorder = () => new EventRecorder({ client: api.client, clock: systemClock, log, ...reporter });
  const eventsOf = async (name: string): Promise<StoredEvent[]> => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    const { items } = await api.client.request<{ items: StoredEvent[] }>('GET', path);
    return items.filter(({ regarding }) => regarding.name === name);
  };

  it('stores an event, and repetitions as its series', async () => {
    const events = recorder();
    events.record(draft({ note: 'first' }));
    await until('the event', 5_000, 10, async () => (await eventsOf('alpha')).length === 1);
    events.record(draft({ note: 'second' }));
    await until('the count', 5_000, 10, async () => (await eventsOf('alpha'))[0]?.series?.count === 2);
    await events.stop();
    const [event, ...others] = await eventsOf('alpha');
    assert.deepEqual(others, []);
    assert.equal(event?.note, 'first');
    assert.equal(event?.regarding.uid, 'uid-alpha');
    assert.deepEqual([event?.reportingController, event?.reportingInstance], Object.values(reporter));
    assert.match(event?.eventTime ?? '', /\.\d{6}Z$/);
    assert.ok((event?.series?.lastObservedTime ?? '') > (event?.eventTime ?? ''));
    assert.equal(events.dropped, 0);
  });

  it('keeps apart what differs in type, reason, action or object', async () => {
    const events = recorder();
    const kinds = [{}, { type: 'Warning' as const }, { reason: 'Other' }, { action: 'Other' }];
    for (const each of [...kinds, ...kinds]) events.record(draft(each, 'beta'));
    const { regarding } = draft({}, 'beta');
    events.record(draft({ regarding: { ...regarding, uid: 'its successor' } }));
    await events.stop();
    const counts = (await eventsOf('beta')).map(({ series }) => series?.count ?? 1);
    assert.deepEqual(counts.sort(), [1, 2, 2, 2, 2]);
  });

  it('fits everything into what the server takes', async () => {
    const events = recorder();
    const name = `${'long-name.'.repeat(25)}x`;
    const long = '🦀'.repeat(2_000);
    events.record(draft({ note: long, reason: 'R'.repeat(200), action: 'A'.repeat(200) }, name));
    const { namespace: _, ...node } = { ...draft().regarding, kind: 'Node', name: 'clusterwide' };
    events.record(draft({ regarding: node }));
    await events.stop();
    assert.equal(events.dropped, 0);
    const [event] = await eventsOf(name);
    assert.ok(Buffer.byteLength(event?.note ?? '') <= 1_024);
    assert.match(event?.note ?? '', /^🦀+…$/u);
    assert.equal((await eventsOf('clusterwide'))[0]?.metadata.namespace, 'default');
  });

  it('goes on in a new event when the old one has expired', async () => {
    const events = recorder();
    events.record(draft({}, 'gamma'));
    await until('the event', 5_000, 10, async () => (await eventsOf('gamma')).length === 1);
    const [first] = await eventsOf('gamma');
    await api.client.request('DELETE', `/api/v1/namespaces/default/events/${first?.metadata.name}`);
    events.record(draft({}, 'gamma'));
    await events.stop();
    assert.equal((await eventsOf('gamma')).length, 1);
    assert.equal(events.dropped, 0);
  });

  it('drops what the server refuses', async () => {
    const events = recorder();
    const { regarding } = draft();
    events.record(draft({ regarding: { ...regarding, namespace: 'nowhere' } }));
    await events.stop();
    assert.equal(events.dropped, 1);
  });
});

/** Takes every call down; fails with `fault` while there is one. */
class Notebook {
  readonly calls: string[] = [];
  fault: FaultKind | undefined;
  /** Calls wait for it. */
  open: Promise<void> = Promise.resolve();

  readonly client: ApiClient = {
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
