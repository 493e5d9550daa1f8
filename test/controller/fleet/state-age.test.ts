import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateAge } from '../../../src/controller/fleet/state-age.ts';
import { newFleetState } from '../../../src/model/fleet-state.ts';

const state = newFleetState('abcd1234', 'here', '2026-03-01T12:00:00Z');
const noon = '2026-03-01T12:00:00Z';

describe('a state that is older than its fleet', () => {
  it('is known at once, and stored until a person accepts it', () => {
    const age = new StateAge();
    assert.equal(age.find(3, noon), true);
    assert.equal(age.isUnsaved, true);
    const stored = { ...state, ...age.of(state) };
    assert.equal(age.restore(stored), false);
    assert.equal(age.isUnsaved, false);
    assert.equal(age.restore(state), true);
    assert.equal(age.found, undefined);
    assert.deepEqual(age.of(state), {});
  });

  it('is remembered by a process that finds nothing newer any more', () => {
    const age = new StateAge();
    const oldState = { since: noon, droplets: 5 };
    assert.equal(age.restore({ ...state, oldState }), false);
    assert.deepEqual(age.found, oldState);
    assert.deepEqual(age.of({ ...state, oldState }), { oldState });
  });

  it('is news again only when more droplets are newer', () => {
    const age = new StateAge();
    assert.equal(age.find(3, noon), true);
    assert.equal(age.find(3, '2026-03-01T13:00:00Z'), false);
    assert.equal(age.find(4, '2026-03-01T13:00:00Z'), true);
    assert.deepEqual(age.found, { since: noon, droplets: 4 });
  });

  it('stays in force when the record is read before it could be stored', () => {
    const age = new StateAge();
    age.find(3, noon);
    assert.equal(age.restore(state), false);
    assert.equal(age.isUnsaved, true);
  });
});
