import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BotCache } from '../../../../../src/adapters/kubernetes/source/cache/bot-cache.ts';
import { finalizer } from '../../../../../src/adapters/kubernetes/source/cache/finalizer.ts';
import {
  FirstStatuses,
  firstStatusAnnotation,
} from '../../../../../src/adapters/kubernetes/source/cache/first-status.ts';
import type { BotObject } from '../../../../../src/adapters/kubernetes/source/objects.ts';
import { BotWriter } from '../../../../../src/adapters/kubernetes/source/write/bot-writer.ts';
import { fencedClient } from '../../../../../src/adapters/kubernetes/source/write/fenced-client.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../../../src/ports/log.ts';
import { faultOf } from '../../../../../src/ports/port-error.ts';
import { FakeClient, failing, type Sent } from '../fake-client.ts';

interface Shape {
  readonly version?: string;
  readonly uid?: string;
  readonly finalizers?: readonly string[];
  readonly status?: BotObject['status'];
  readonly deleted?: boolean;
  readonly first?: string | undefined;
}

function object({ version = '1', uid = 'u1', finalizers, status, deleted, first }: Shape = {}): BotObject {
  return {
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Bot',
    metadata: {
      namespace: 'default',
      name: 'alpha',
      uid,
      resourceVersion: version,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(finalizers && { finalizers }),
      ...(deleted && { deletionTimestamp: '2026-01-02T00:00:00Z' }),
      ...(first !== undefined && { annotations: { [firstStatusAnnotation]: first } }),
    },
    spec: { accountRef: { name: 'team' } },
    ...(status && { status }),
  };
}

function bed(first: BotObject, firstStatuses: FirstStatuses = statuses()) {
  const client = new FakeClient();
  const buried: string[] = [];
  const book = new BotCache({
    judge: async () => undefined,
    firstStatus: (shown) => firstStatuses.of(shown),
    tell: () => undefined,
  });
  const feed = {
    overlay: (stored: BotObject) => stored,
    bury: (gone: { readonly metadata: { readonly uid: string } }) => void buried.push(gone.metadata.uid),
  };
  const writer = new BotWriter({ client, book, feed, firstStatuses });
  book.seen(first);
  const record = () => book.records.get('default/alpha') ?? assert.fail('it is not there');
  return { client, book, writer, buried, record };
}

function statuses(configKey?: string): FirstStatuses {
  const fleet = () => ({ fleetID: 'fleet1', ...(configKey !== undefined && { configKey }) });
  return new FirstStatuses({ fleet, clock: systemClock, log: silentLog });
}

/** The annotation that a call would write. */
function firstIn(sent: Sent | undefined): string | undefined {
  const body = sent?.options.body as BotObject | undefined;
  return body?.metadata.annotations?.[firstStatusAnnotation];
}

const held = [finalizer];
const status = { phase: 'Pending', ownerUID: 'u1' } as const;

describe('BotWriter', () => {
  it('holds by adding the finalizer to exactly the version seen, and what it added proves nothing', async () => {
    const { client, writer, record } = bed(object({ finalizers: ['other/one'] }));
    client.answer(() => object({ version: '2', finalizers: ['other/one', finalizer] }));
    const stored = await writer.hold(record());
    assert.deepEqual([stored.hasFinalizer, stored.pristine, stored.version], [true, true, '2']);
    assert.deepEqual(client.sent[0]?.options.body, {
      metadata: { uid: 'u1', resourceVersion: '1', finalizers: ['other/one', finalizer] },
    });
  });

  it('holds without a call what is held already', async () => {
    const { client, writer, record } = bed(object({ finalizers: held }));
    assert.equal(await writer.hold(record()), record());
    assert.deepEqual(client.sent, []);
  });

  it('a watch that is quicker than the answer makes the bot no less pristine', async () => {
    const { client, book, writer, record } = bed(object());
    client.answer(() => {
      book.seen(object({ version: '2', finalizers: held }));
      return object({ version: '2', finalizers: held });
    });
    assert.equal((await writer.hold(record())).pristine, true);
  });

  it('a finalizer whose origin is in doubt proves that something may have been attempted', async () => {
    const { client, writer, record } = bed(object());
    client.answer(failing({ kind: 'doubtful' }), () => object({ version: '2', finalizers: held }));
    const stored = await writer.hold(record());
    assert.deepEqual([stored.hasFinalizer, stored.pristine], [true, false]);
    assert.deepEqual(client.methods, ['PATCH', 'GET']);
  });

  it('a hold in doubt that did not happen is told as not sent', async () => {
    const { client, writer, record } = bed(object());
    client.answer(failing({ kind: 'doubtful' }), () => object());
    await assert.rejects(writer.hold(record()), (error) => faultOf(error, 'unavailable') !== undefined);
    assert.deepEqual([record().hasFinalizer, record().pristine], [false, true]);
  });

  it('a status in doubt is settled by reading again', async () => {
    const { client, writer, record } = bed(object({ finalizers: held }));
    client.answer(failing({ kind: 'doubtful' }), () => object({ version: '2', finalizers: held, status }));
    assert.deepEqual((await writer.writeStatus(record(), status)).status, status);
    assert.deepEqual(client.methods, ['PUT', 'GET']);
    client.answer(failing({ kind: 'doubtful' }), () => object({ version: '2', finalizers: held, status }));
    await assert.rejects(
      writer.writeStatus(record(), { ...status, phase: 'Online' }),
      (error) => faultOf(error, 'unavailable') !== undefined,
    );
  });

  it('sends of a status the object’s identity and version, and nothing else', async () => {
    const { client, writer, record } = bed(object({ finalizers: held }));
    client.answer(() => object({ version: '2', finalizers: held, status }));
    await writer.writeStatus(record(), status);
    assert.match(client.sent[0]?.path ?? '', /\/bots\/alpha\/status$/);
    assert.deepEqual(client.sent[0]?.options.body, {
      apiVersion: 'clawfleet.dev/v1alpha1',
      kind: 'Bot',
      metadata: {
        namespace: 'default',
        name: 'alpha',
        uid: 'u1',
        resourceVersion: '1',
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      status,
    });
  });

  it('releases over other people’s edits, and leaves their finalizers', async () => {
    const { client, book, writer, record, buried } = bed(object({ finalizers: held, deleted: true }));
    await book.judged();
    const edited = object({ version: '7', finalizers: [...held, 'other/one'], deleted: true });
    client.answer(
      failing({ kind: 'conflict' }),
      () => edited,
      () => object({ version: '8', finalizers: ['other/one'], deleted: true }),
    );
    await writer.release(record());
    assert.deepEqual(client.methods, ['PATCH', 'GET', 'PATCH']);
    assert.deepEqual(client.sent[2]?.options.body, {
      metadata: { uid: 'u1', resourceVersion: '7', finalizers: ['other/one'] },
    });
    assert.deepEqual([book.records.size, buried], [0, []]);
  });

  it('a release whose answer is lost is done when the object is gone, or another has its name', async () => {
    for (const after of [failing({ kind: 'absent' }), () => object({ version: '9', uid: 'u2' })]) {
      const { client, book, writer, record } = bed(object({ finalizers: held, deleted: true }));
      await book.judged();
      client.answer(failing({ kind: 'doubtful' }), after);
      await writer.release(record());
      assert.equal(book.records.size, 0);
    }
  });

  it('the last finalizer buries the object: older events about it are not taken', async () => {
    const { client, book, writer, record, buried } = bed(object({ finalizers: held, deleted: true }));
    await book.judged();
    client.answer(() => object({ version: '2', deleted: true }));
    await writer.release(record());
    assert.deepEqual([book.records.size, buried], [0, ['u1']]);
  });
});

describe('a first status', () => {
  const keyed = () => statuses(Buffer.alloc(32, 1).toString('base64'));

  it('goes with the finalizer, to exactly the version that it was decided on', async () => {
    const { client, writer, record } = bed(object({ finalizers: ['other/one'] }), keyed());
    const finalizers = ['other/one', finalizer];
    client.answer((sent) => object({ version: '2', finalizers, first: firstIn(sent) }));
    const stored = await writer.holdWith(record(), status);
    assert.deepEqual([stored.hasFinalizer, stored.pristine, stored.version], [true, false, '2']);
    assert.deepEqual(stored.status, status);
    assert.deepEqual(client.methods, ['PATCH']);
    const first = firstIn(client.sent[0]);
    assert.deepEqual(client.sent[0]?.options.body, {
      metadata: {
        ...{ uid: 'u1', resourceVersion: '1', finalizers },
        annotations: { [firstStatusAnnotation]: first },
      },
    });
  });

  it('is not sent on a version that has passed', async () => {
    const { client, book, writer, record } = bed(object(), keyed());
    const stale = record();
    book.seen(object({ version: '2' }));
    await assert.rejects(writer.holdWith(stale, status), (error) => faultOf(error, 'conflict') !== undefined);
    assert.deepEqual(client.sent, []);
  });

  it('follows as a status where no annotation can carry it, or something keeps annotations out', async () => {
    for (const firstStatuses of [statuses(), keyed()]) {
      const { client, writer, record } = bed(object(), firstStatuses);
      client.answer(
        () => object({ version: '2', finalizers: held }),
        () => object({ version: '3', finalizers: held, status }),
      );
      const stored = await writer.holdWith(record(), status);
      assert.deepEqual(
        [stored.hasFinalizer, stored.status, client.methods],
        [true, status, ['PATCH', 'PUT']],
      );
      assert.match(JSON.stringify(client.sent[1]?.options.body), /"resourceVersion":"2"/);
    }
  });

  it('follows as a status where a policy refuses the annotation', async () => {
    const { client, writer, record } = bed(object(), keyed());
    client.answer(
      failing({ kind: 'refused', reason: 'Forbidden', httpStatus: 403 }),
      () => object({ version: '2', finalizers: held }),
      () => object({ version: '3', finalizers: held, status }),
    );
    const stored = await writer.holdWith(record(), status);
    assert.deepEqual([stored.status, client.methods], [status, ['PATCH', 'PATCH', 'PUT']]);
    assert.equal(firstIn(client.sent[1]), undefined);
  });

  it('of a bot that may have had another follows as a status', async () => {
    const { client, book, writer, record } = bed(object({ status }), keyed());
    book.seen(object({ version: '2' }));
    client.answer(
      () => object({ version: '3', finalizers: held }),
      () => object({ version: '4', finalizers: held, status }),
    );
    await writer.holdWith(record(), status);
    assert.equal(firstIn(client.sent[0]), undefined);
    assert.deepEqual(client.methods, ['PATCH', 'PUT']);
  });

  it('in doubt is settled by reading again; only the very same one is ours', async () => {
    const { client, writer, record } = bed(object(), keyed());
    client.answer(failing({ kind: 'doubtful' }), () =>
      object({ version: '2', finalizers: held, first: firstIn(client.sent[0]) }),
    );
    assert.deepEqual((await writer.holdWith(record(), status)).status, status);
    assert.deepEqual(client.methods, ['PATCH', 'GET']);
    const other = bed(object(), keyed());
    const theirs = keyed().sealed('u1', { phase: 'Provisioning' });
    for (const first of [theirs, undefined]) {
      other.client.answer(failing({ kind: 'doubtful' }), () =>
        object({ version: '2', finalizers: held, first }),
      );
      await assert.rejects(
        other.writer.holdWith(other.record(), status),
        (error) => faultOf(error, 'unavailable') !== undefined,
      );
    }
  });
});

describe('fencedClient', () => {
  it('lets reads through always, writes only while the lease is held', async () => {
    const client = new FakeClient();
    let msLeft = 5_000;
    const fenced = fencedClient(client, { msLeft: () => msLeft });
    client.answer(
      () => 1,
      () => 2,
    );
    await fenced.request('PATCH', '/api');
    msLeft = 0;
    await fenced.request('GET', '/api');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      await assert.rejects(fenced.request(method, '/api'), /was not sent: the lease is lost/);
    }
    assert.deepEqual(client.methods, ['PATCH', 'GET']);
  });
});
