import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AccountCache } from '../../../../../src/adapters/kubernetes/source/cache/account-cache.ts';
import type { AccountObject } from '../../../../../src/adapters/kubernetes/source/objects.ts';

function object(version: string, spec: object, uid = 'u1'): AccountObject {
  const metadata = {
    namespace: 'default',
    name: 'team',
    uid,
    resourceVersion: version,
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return { apiVersion: 'clawfleet.dev/v1alpha1', kind: 'Account', metadata, spec };
}

function bed() {
  const told: string[] = [];
  const state = { needed: true };
  const book = new AccountCache({ isNeeded: () => state.needed, tell: (key) => told.push(key) });
  const team = () => book.records.get('default/team');
  return { told, state, book, team };
}

const ownToken = { tier: 'pro', tokenSecretRef: { name: 's', key: 'k' } };

describe('AccountBook', () => {
  it('keeps a deleted account with a token of its own for its bots, and grants nothing by it', () => {
    const { book, team, told, state } = bed();
    book.seen(object('1', ownToken));
    book.gone('default/team');
    assert.deepEqual(team()?.spec, { ...ownToken, maxBots: 0 });
    assert.deepEqual([book.lingers('default/team'), book.lingering().length], [true, 1]);
    book.botChanged();
    assert.ok(team());
    state.needed = false;
    book.botChanged();
    assert.deepEqual([team(), book.lingers('default/team'), told.length], [undefined, false, 3]);
  });

  it('forgets an account that no bot needs, or whose token is the controller’s', () => {
    for (const [spec, needed] of [
      [ownToken, false],
      [{ tier: 'pro' }, true],
    ] as const) {
      const { book, team, state } = bed();
      state.needed = needed;
      book.seen(object('1', spec));
      book.gone('default/team');
      assert.equal(team(), undefined);
    }
  });

  it('an account declared again takes the place of the one that stayed', () => {
    const { book, team } = bed();
    book.seen(object('1', ownToken));
    book.gone('default/team');
    book.seen(object('5', { tier: 'basic' }, 'u2'));
    assert.deepEqual([team()?.spec, book.lingers('default/team')], [{ tier: 'basic' }, false]);
  });

  it('does not tell the echo of an own write', () => {
    const { book, told } = bed();
    book.seen(object('1', ownToken));
    book.written({ ...object('2', ownToken), status: { used: 1 } });
    book.seen({ ...object('2', ownToken), status: { used: 1 } });
    assert.equal(told.length, 1);
  });

  it('does not tell the echo that comes before the answer, but whatever else changed with it', async () => {
    const { book, told } = bed();
    book.seen(object('1', ownToken));
    await book.whileWriting('default/team', { used: 1 }, async () => {
      book.seen({ ...object('2', ownToken), status: { used: 1 } });
      assert.equal(told.length, 1);
      book.seen({ ...object('3', ownToken), status: { used: 7 } });
      assert.equal(told.length, 2);
      const edited = object('4', ownToken);
      book.seen({ ...edited, metadata: { ...edited.metadata, generation: 2 }, status: { used: 1 } });
      assert.equal(told.length, 3);
    });
    book.seen({ ...object('5', ownToken), status: { used: 1 } });
    assert.equal(told.length, 4);
  });
});
