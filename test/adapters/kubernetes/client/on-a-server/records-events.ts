import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventRecorder } from '../../../../../src/adapters/kubernetes/client/events/event-recorder.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../../../src/ports/log.ts';
import { until } from '../../../../lab/until.ts';
import type { ApiServer } from '../../support/api-server.ts';
import { draft, reporter } from '../../support/event-draft.ts';

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

/** What becomes of events. */
export function recordsEvents(api: () => ApiServer): void {
  describe('EventRecorder', () => {
    const recorder = () =>
      new EventRecorder({ client: api().client, clock: systemClock, log: silentLog, ...reporter });
    const eventsOf = async (name: string): Promise<StoredEvent[]> => {
      const path = '/apis/events.k8s.io/v1/namespaces/default/events';
      const { items } = await api().client.request<{ items: StoredEvent[] }>('GET', path);
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
      await api().client.request('DELETE', `/api/v1/namespaces/default/events/${first?.metadata.name}`);
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
}
