import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  FirstStatuses,
  firstStatusAnnotation,
} from '../../../../../src/adapters/kubernetes/source/cache/first-status.ts';
import type { BotObject } from '../../../../../src/adapters/kubernetes/source/objects.ts';
import { VirtualClock } from '../../../../../src/adapters/system/virtual-clock.ts';
import { silentLog } from '../../../../../src/ports/log.ts';
import { firstStatus } from '../../../../contract/source-bed.ts';
import { passTime } from '../../../../lab/pass-time.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const ours = { fleetID: 'fleet1', configKey: key(1) };
const dayMs = 86_400_000;

function bed(fleet: { fleetID: string; configKey?: string } | undefined = ours) {
  const clock = new VirtualClock(Date.parse('2026-03-01T12:00:00Z'));
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) };
  return { clock, warnings, statuses: new FirstStatuses({ fleet: () => fleet, clock, log }) };
}

function object(text: string | undefined, uid = 'u1'): BotObject {
  return {
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Bot',
    metadata: {
      ...{ namespace: 'default', name: 'alpha', uid, resourceVersion: '1', creationTimestamp: '' },
      ...(text !== undefined && { annotations: { [firstStatusAnnotation]: text, 'other/one': 'x' } }),
    },
  };
}

describe('a first status in an annotation', () => {
  it('is read as it was written, a restart later too', () => {
    const text = bed().statuses.sealed('u1', firstStatus);
    assert.deepEqual(bed().statuses.of(object(text)), firstStatus);
    assert.equal(bed().statuses.of(object(undefined)), undefined);
  });

  it('says nothing of another object, without a word: a copy, or one restored from a backup', () => {
    const { statuses, warnings } = bed();
    assert.equal(statuses.of(object(statuses.sealed('u1', firstStatus), 'u2')), undefined);
    assert.deepEqual(warnings, []);
  });

  it('says nothing when somebody else wrote or changed it, and that is told', () => {
    const text = bed().statuses.sealed('u1', firstStatus) ?? assert.fail();
    const content = JSON.parse(text);
    const forged = [
      '',
      'null',
      '7',
      '[]',
      '{',
      text.slice(0, -9),
      JSON.stringify({ uid: 'u1' }),
      JSON.stringify({ ...content, seal: '' }),
      JSON.stringify({ ...content, seal: 7 }),
      JSON.stringify({ ...content, status: null }),
      JSON.stringify({ ...content, status: { ...firstStatus, droplet: { id: 7 } } }),
      JSON.stringify({ ...content, at: '2027-01-01T00:00:00.000Z' }),
      bed({ ...ours, configKey: key(2) }).statuses.sealed('u1', firstStatus),
      bed({ ...ours, fleetID: 'fleet2' }).statuses.sealed('u1', firstStatus),
      JSON.stringify({ ...JSON.parse(bed().statuses.sealed('u2', firstStatus) ?? ''), uid: 'u1' }),
    ];
    for (const each of forged) {
      const { statuses, warnings } = bed();
      assert.equal(statuses.of(object(each)), undefined, String(each));
      assert.match(warnings.join(), /create-attempt was not written by this fleet/, String(each));
    }
  });

  it('is history after a day: a status that is missing then was wiped', () => {
    const { statuses, clock, warnings } = bed();
    const text = statuses.sealed('u1', firstStatus);
    passTime(clock, dayMs - 1);
    assert.deepEqual(statuses.of(object(text)), firstStatus);
    passTime(clock, 1);
    assert.deepEqual([statuses.of(object(text)), warnings], [undefined, []]);
  });

  it('can neither be written nor read where the fleet’s record holds no key, or may not be read', () => {
    const text = bed().statuses.sealed('u1', firstStatus);
    for (const fleet of [{ fleetID: 'fleet1' }, undefined]) {
      const clock = new VirtualClock(0);
      const statuses = new FirstStatuses({ fleet: () => fleet, clock, log: silentLog });
      assert.equal(statuses.sealed('u1', firstStatus), undefined);
      assert.equal(statuses.of(object(text)), undefined);
    }
  });
});
