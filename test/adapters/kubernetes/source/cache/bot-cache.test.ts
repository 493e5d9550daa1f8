import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BotCache } from '../../../../../src/adapters/kubernetes/source/cache/bot-cache.ts';
import { finalizer } from '../../../../../src/adapters/kubernetes/source/cache/finalizer.ts';
import type { BotObject } from '../../../../../src/adapters/kubernetes/source/objects.ts';
import type { BotStatus } from '../../../../../src/model/spec/bot-status.ts';

interface Shape {
  readonly version?: string;
  readonly uid?: string;
  readonly spec?: unknown;
  readonly status?: BotStatus;
  readonly hasFinalizer?: boolean;
  readonly deletedAt?: string;
  readonly first?: string;
}

const goodSpec = { accountRef: { name: 'team' } };

function object({
  version = '1',
  uid = 'u1',
  spec = goodSpec,
  status,
  hasFinalizer,
  deletedAt,
  first,
}: Shape = {}): BotObject {
  return {
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Bot',
    metadata: {
      namespace: 'default',
      name: 'alpha',
      uid,
      resourceVersion: version,
      generation: 3,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(hasFinalizer && { finalizers: [finalizer] }),
      ...(deletedAt !== undefined && { deletionTimestamp: deletedAt }),
      ...(first !== undefined && { annotations: { first } }),
    },
    spec,
    ...(status && { status }),
  };
}

function refusalOf(what: string) {
  return { what, message: '', at: '2026-01-01T00:00:00Z', count: 1, generation: 1 };
}

function bed() {
  const told: string[] = [];
  const verdicts: ((wholesale: string | undefined) => void)[] = [];
  const book = new BotCache({
    judge: () => new Promise((resolve) => verdicts.push(resolve)),
    firstStatus: ({ metadata }) => {
      const attempt = metadata.annotations?.['first'];
      return attempt === undefined ? undefined : { phase: 'Provisioning', refusal: refusalOf(attempt) };
    },
    tell: (key) => told.push(key),
  });
  const alpha = () => book.records.get('default/alpha');
  return { book, told, verdicts, alpha };
}

const deleted = { hasFinalizer: true, deletedAt: '2026-01-02T00:00:00Z' };

describe('BotBook', () => {
  it('makes a record of what the API server shows', () => {
    const { book, alpha, told } = bed();
    book.seen(object());
    const { uid, generation, version, hasFinalizer, pristine, status, origin, createdAt } =
      alpha() ?? assert.fail();
    assert.deepEqual([uid, generation, version, createdAt], ['u1', 3, '1', '2026-01-01T00:00:00Z']);
    assert.deepEqual([hasFinalizer, pristine, status, origin], [false, true, {}, 'Bot default/alpha']);
    assert.deepEqual(told, ['default/alpha']);
  });

  it('does not tell the echo of an own write', async () => {
    const { book, told, alpha } = bed();
    book.seen(object());
    await book.written(object({ version: '2', status: { phase: 'Pending' } }));
    const written = alpha();
    book.seen(object({ version: '2', status: { phase: 'Pending' } }));
    assert.equal(alpha(), written);
    assert.equal(told.length, 1);
  });

  it('takes an own write’s answer that is older than what was seen since for what it is', async () => {
    const { book, alpha } = bed();
    book.seen(object({ version: '9' }));
    await book.written(object({ version: '8' }));
    assert.equal(alpha()?.version, '9');
  });

  it('a finalizer proves that something may have been attempted, unless this process added it', () => {
    const { book, alpha } = bed();
    book.seen(object({ hasFinalizer: true }));
    assert.equal(alpha()?.pristine, false);
    const own = bed();
    own.book.seen(object());
    own.book.heldByUs(own.alpha() ?? assert.fail(), true);
    own.book.seen(object({ version: '2', hasFinalizer: true }));
    assert.deepEqual([own.alpha()?.hasFinalizer, own.alpha()?.pristine], [true, true]);
    own.book.seen(object({ version: '3', hasFinalizer: true, status: { phase: 'Pending' } }));
    assert.equal(own.alpha()?.pristine, false);
  });

  it('a bot is not pristine again when finalizer and status are removed by hand', () => {
    const { book, alpha } = bed();
    book.seen(object({ hasFinalizer: true, status: { phase: 'Online', ownerUID: 'u1' } }));
    book.seen(object({ version: '2' }));
    assert.deepEqual([alpha()?.hasFinalizer, alpha()?.pristine], [false, false]);
  });

  it('a status that was restored with a backup says nothing of the new object', () => {
    const { book, alpha } = bed();
    book.seen(object({ uid: 'u2', status: { phase: 'Online', ownerUID: 'u1' } }));
    assert.deepEqual([alpha()?.pristine, alpha()?.status], [true, {}]);
  });

  it('shows a first status where there is no other, and nothing is pristine that has one', () => {
    const { book, alpha } = bed();
    book.seen(object({ hasFinalizer: true, first: 'a1' }));
    assert.deepEqual([alpha()?.pristine, alpha()?.status.refusal?.what], [false, 'a1']);
    book.seen(object({ version: '2', hasFinalizer: true, first: 'a1', status: { phase: 'Online' } }));
    assert.deepEqual(alpha()?.status, { phase: 'Online' });
    const restored = bed();
    restored.book.seen(object({ first: 'a1', status: { phase: 'Online', ownerUID: 'u0' } }));
    assert.equal(restored.alpha()?.status.refusal?.what, 'a1');
  });

  it('remembers a first status whose annotation, finalizer and all, is taken away before there is another', () => {
    const { book, alpha } = bed();
    book.seen(object({ hasFinalizer: true, first: 'a1' }));
    book.seen(object({ version: '2' }));
    const { hasFinalizer, pristine, status } = alpha() ?? assert.fail();
    assert.deepEqual([hasFinalizer, pristine, status.refusal?.what], [false, false, 'a1']);
    book.seen(object({ version: '3', uid: 'u2' }));
    assert.deepEqual([alpha()?.pristine, alpha()?.status], [true, {}]);
  });

  it('a first status stays history when the status after it is wiped', () => {
    const { book, alpha } = bed();
    book.seen(object({ hasFinalizer: true, first: 'a1', status: { phase: 'Online' } }));
    book.seen(object({ version: '2', hasFinalizer: true, first: 'a1' }));
    assert.deepEqual([alpha()?.pristine, alpha()?.status], [false, {}]);
  });

  it('keeps the last good spec of a uid, and of no other', () => {
    const { book, alpha } = bed();
    book.seen(object({ spec: { ...goodSpec, persona: 'tweaker' } }));
    book.seen(object({ version: '2', spec: { ...goodSpec, persona: 'nonsense' } }));
    assert.equal(alpha()?.spec?.persona, 'tweaker');
    assert.equal(alpha()?.problems[0]?.field, 'spec.persona');
    book.seen(object({ version: '3', uid: 'u2', spec: { ...goodSpec, persona: 'nonsense' } }));
    assert.equal(alpha()?.spec, undefined);
  });

  it('ends a bot with a bad spec by the policy that can be read in it', async () => {
    for (const [spec, policy] of [
      [{ persona: 'nonsense', deletionPolicy: 'Orphan' }, 'Orphan'],
      [{ persona: 'nonsense', adopt: { dropletID: 'x' } }, 'Orphan'],
      [{ deletionPolicy: 'Dlete' }, 'Orphan'],
      [{ persona: 'nonsense', deletionPolicy: 'Delete' }, 'Delete'],
      [{ persona: 'nonsense' }, 'Delete'],
    ] as const) {
      const { book, alpha, verdicts } = bed();
      book.seen(object({ ...deleted, spec }));
      verdicts[0]?.(undefined);
      await book.judged();
      assert.equal(alpha()?.spec?.deletionPolicy, policy, JSON.stringify(spec));
    }
  });

  it('shows a deletion only once it is judged, and as it was judged', async () => {
    const { book, alpha, verdicts, told } = bed();
    book.seen(object({ hasFinalizer: true }));
    book.seen(object({ version: '2', ...deleted }));
    assert.deepEqual([alpha()?.deletion, told.length], [undefined, 1]);
    verdicts[0]?.(undefined);
    await book.judged();
    assert.deepEqual(alpha()?.deletion, { requestedAt: deleted.deletedAt, implicit: false });
    assert.equal(told.length, 2);
    book.seen(object({ version: '3', ...deleted, status: { phase: 'Deleting' } }));
    assert.equal(alpha()?.version, '3');
    assert.equal(verdicts.length, 1);
  });

  it('shows why a bot goes together with all others', async () => {
    const { book, alpha, verdicts } = bed();
    book.seen(object(deleted));
    verdicts[0]?.('the definition goes');
    await book.judged();
    const { requestedAt, implicit, wholesale } = alpha()?.deletion ?? assert.fail();
    assert.deepEqual([requestedAt, implicit, wholesale], [deleted.deletedAt, true, 'the definition goes']);
  });

  it('a write answered with a deletion is done when that is judged', async () => {
    const { book, alpha, verdicts } = bed();
    book.seen(object({ hasFinalizer: true }));
    const written = book.written(object({ version: '2', ...deleted, status: { phase: 'Online' } }));
    verdicts[0]?.(undefined);
    await written;
    assert.ok(alpha()?.deletion);
  });

  it('does not show what is being deleted and carries no finalizer of ours', () => {
    const { book, alpha, told } = bed();
    book.seen(object({ deletedAt: deleted.deletedAt }));
    assert.equal(alpha(), undefined);
    assert.deepEqual(told, []);
    book.seen(object({ version: '2', uid: 'u2', hasFinalizer: true }));
    book.seen(object({ version: '3', uid: 'u2', deletedAt: deleted.deletedAt }));
    assert.equal(alpha(), undefined);
    assert.equal(told.length, 2);
  });

  it('forgets a judgement that comes after the object is gone', async () => {
    const { book, alpha, verdicts } = bed();
    book.seen(object(deleted));
    book.gone('default/alpha');
    book.seen(object({ version: '5', uid: 'u2' }));
    verdicts[0]?.(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([alpha()?.uid, alpha()?.deletion], ['u2', undefined]);
  });
});
