import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  fleetData,
  fleetStateOf,
} from '../../../../../src/adapters/kubernetes/source/fleet/fleet-config-map.ts';
import type { ConfigMapObject } from '../../../../../src/adapters/kubernetes/source/objects.ts';
import { type FleetState, newFleetState } from '../../../../../src/model/fleet-state.ts';
import { faultOf } from '../../../../../src/ports/port-error.ts';

const state = newFleetState('abcd1234', 'kubernetes:u', '2026-01-01T00:00:00.000Z');

function stored(data: Pick<ConfigMapObject, 'data' | 'binaryData'>): ConfigMapObject {
  const metadata = {
    namespace: 'clawfleet-system',
    name: 'clawfleet-fleet',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...data };
}

function withTombstones(count: number): FleetState {
  const tombstones = Array.from({ length: count }, (_, index) => ({
    uid: crypto.randomUUID(),
    key: `namespace-${index % 7}/bot-with-a-rather-long-name-${index}` as const,
    policy: 'Delete' as const,
    at: new Date(1_767_225_600_000 + index * 7).toISOString(),
  }));
  return { ...state, tombstones };
}

describe('the fleet’s ConfigMap', () => {
  it('can be read by people while it is short', () => {
    const { data, binaryData } = fleetData(state);
    assert.match(data?.['fleet.json'] ?? '', /\n {2}"fleetID": "abcd1234"/);
    assert.equal(binaryData, undefined);
    assert.deepEqual(fleetStateOf(stored({ data: data ?? {} })), state);
  });

  it('holds the tombstones of ten thousand bots within the megabyte that a ConfigMap may have', () => {
    const large = withTombstones(10_000);
    const { data, binaryData } = fleetData(large);
    assert.equal(data, undefined);
    const bytes = Buffer.from(binaryData?.['fleet.json.gz'] ?? '', 'base64').length;
    assert.ok(bytes > 1000 && bytes < 700_000, `${bytes} bytes`);
    assert.deepEqual(fleetStateOf(stored({ binaryData: binaryData ?? {} })), large);
  });

  it('is refused, by its name, when somebody has damaged it', () => {
    const plain = fleetData(state).data?.['fleet.json'] ?? '';
    const damages = [
      {},
      { data: {} },
      { data: { 'fleet.json': '{' } },
      { data: { 'fleet.json': '[]' } },
      { data: { 'fleet.json': plain.replace('"holds"', '"hold"') } },
      { binaryData: { 'fleet.json.gz': 'AAAA' } },
    ];
    for (const damage of damages) {
      assert.throws(
        () => fleetStateOf(stored(damage)),
        (error: Error) =>
          faultOf(error, 'refused') !== undefined && /clawfleet-system\/clawfleet-fleet/.test(error.message),
        JSON.stringify(damage),
      );
    }
  });
});
