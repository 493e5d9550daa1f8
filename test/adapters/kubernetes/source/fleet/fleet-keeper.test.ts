import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fleetData } from '../../../../../src/adapters/kubernetes/source/fleet/fleet-config-map.ts';
import type { FleetOptions } from '../../../../../src/adapters/kubernetes/source/fleet/fleet-record-store.ts';
import { KubernetesFleetStore } from '../../../../../src/adapters/kubernetes/source/fleet/kubernetes-fleet-store.ts';
import type { ConfigMapObject } from '../../../../../src/adapters/kubernetes/source/objects.ts';
import { seededChance } from '../../../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { type FleetState, newFleetState } from '../../../../../src/model/fleet-state.ts';
import { silentLog } from '../../../../../src/ports/log.ts';
import { faultOf } from '../../../../../src/ports/port-error.ts';
import { FakeClient, failing } from '../fake-client.ts';

const state = newFleetState('abcd1234', 'kubernetes:here', '2026-01-01T00:00:00.000Z');
const changed: FleetState = { ...state, acceptedNew: true };
const absent = failing({ kind: 'absent' });

function stored(version: string, of: FleetState = state): ConfigMapObject {
  const metadata = {
    namespace: 'clawfleet-system',
    name: 'clawfleet-fleet',
    uid: 'u',
    resourceVersion: version,
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { team: 'x' },
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...fleetData(of) };
}

function options(client: FakeClient, change: Partial<FleetOptions> = {}): FleetOptions {
  return {
    client,
    clock: systemClock,
    chance: seededChance(1),
    log: silentLog,
    namespace: 'clawfleet-system',
    boundNow: 'kubernetes:here',
    fleetID: undefined,
    formerID: async () => undefined,
    ...change,
  };
}

async function opened(version = '5') {
  const client = new FakeClient();
  client.answer(() => stored(version));
  const keeper = await KubernetesFleetStore.open(options(client));
  client.sent.length = 0;
  return { client, keeper };
}

/** As the API server answers a create or an update. */
const echo = (version: string) => (sent: { options: { body?: unknown } }) => ({
  ...(sent.options.body as ConfigMapObject),
  metadata: { ...(sent.options.body as ConfigMapObject).metadata, resourceVersion: version },
});

describe('FleetKeeper', () => {
  it('makes the record once, and says that it did', async () => {
    const client = new FakeClient();
    client.answer(absent, echo('1'));
    const record = (await KubernetesFleetStore.open(options(client))).record();
    assert.deepEqual([record.fresh, record.version, record.state.boundTo], [true, '1', 'kubernetes:here']);
    assert.match(record.state.fleetID, /^[a-z0-9]{8}$/);
    assert.deepEqual(client.methods, ['GET', 'POST']);
  });

  it('takes the record of another process that was quicker', async () => {
    const client = new FakeClient();
    client.answer(absent, failing({ kind: 'conflict' }), () => stored('3'));
    const record = (await KubernetesFleetStore.open(options(client))).record();
    assert.deepEqual([record.fresh, record.state], [false, state]);
  });

  it('gives a lost record the id that the bots know, unless told another', async () => {
    for (const [fleetID, expected] of [
      [undefined, 'former'],
      ['told', 'told'],
    ] as const) {
      const client = new FakeClient();
      client.answer(absent, echo('1'));
      const keeper = await KubernetesFleetStore.open(
        options(client, { fleetID, formerID: async () => 'former' }),
      );
      assert.equal(keeper.record().state.fleetID, expected);
    }
  });

  it('refuses the record of another fleet than it was told', async () => {
    const client = new FakeClient();
    client.answer(() => stored('1'));
    await assert.rejects(
      KubernetesFleetStore.open(options(client, { fleetID: 'other' })),
      /belongs to fleet abcd1234, not other/,
    );
  });

  it('saves by compare-and-swap, and keeps what others put on the object', async () => {
    const { client, keeper } = await opened();
    client.answer(echo('6'));
    const saved = await keeper.save(changed, '5');
    assert.deepEqual([saved.state, saved.version], [changed, '6']);
    const { metadata } = (client.sent[0] ?? assert.fail()).options.body as ConfigMapObject;
    assert.deepEqual([metadata.resourceVersion, metadata.labels], ['5', { team: 'x' }]);
  });

  it('a save that lost shows the caller what is there now', async () => {
    const { client, keeper } = await opened();
    client.answer(failing({ kind: 'conflict' }), () => stored('9', changed));
    await assert.rejects(keeper.save(state, '5'), (error) => faultOf(error, 'conflict') !== undefined);
    assert.deepEqual([keeper.record().state, keeper.record().version], [changed, '9']);
  });

  it('a save in doubt is a lost one: the next try begins with what is stored', async () => {
    const { client, keeper } = await opened();
    client.answer(failing({ kind: 'doubtful' }), () => stored('6', changed));
    await assert.rejects(keeper.save(changed, '5'), (error) => faultOf(error, 'conflict') !== undefined);
    assert.deepEqual(keeper.record().state, changed);
  });

  it('a record deleted under a save is made again with what was to be saved', async () => {
    const { client, keeper } = await opened();
    client.answer(absent, absent, echo('11'));
    await assert.rejects(keeper.save(changed, '5'), (error) => faultOf(error, 'conflict') !== undefined);
    assert.deepEqual(client.methods, ['PUT', 'GET', 'POST']);
    assert.deepEqual([keeper.record().state, keeper.record().version], [changed, '11']);
  });

  it('a record deleted while in use is made again as it was', async () => {
    const { client, keeper } = await opened();
    client.answer(echo('12'));
    assert.equal(keeper.seen(undefined), false);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      [client.methods, keeper.record().state, keeper.record().version],
      [['POST'], state, '12'],
    );
  });

  it('tells of a newer record, and of nothing older or known', async () => {
    const { keeper } = await opened('5');
    assert.deepEqual(
      ['4', '5'].map((version) => keeper.seen(stored(version, changed))),
      [false, false],
    );
    assert.equal(keeper.seen(stored('10', changed)), true);
    assert.deepEqual(keeper.record().state, changed);
  });

  it('keeps the last good record when somebody damages it, and says so until it is mended', async () => {
    const { keeper } = await opened('5');
    const damaged = { ...stored('6'), data: { 'fleet.json': '{' } };
    assert.equal(keeper.seen(damaged), true);
    assert.match(keeper.problem ?? '', /clawfleet-system\/clawfleet-fleet/);
    assert.deepEqual(keeper.record().state, state);
    assert.equal(keeper.seen(stored('7', changed)), true);
    assert.deepEqual([keeper.problem, keeper.record().state], [undefined, changed]);
  });
});
