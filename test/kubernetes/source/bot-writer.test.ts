import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BotBook } from '../../../src/adapters/kubernetes/source/bot-book.ts';
import { BotWriter } from '../../../src/adapters/kubernetes/source/bot-writer.ts';
import { fencedClient } from '../../../src/adapters/kubernetes/source/fenced-client.ts';
import { finalizer } from '../../../src/adapters/kubernetes/source/finalizer.ts';
import type { BotObject } from '../../../src/adapters/kubernetes/source/objects.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import { FakeClient, failing } from './fake-client.ts';

interface Shape {
  readonly version?: string;
  readonly uid?: string;
  readonly finalizers?: readonly string[];
  readonly status?: BotObject['status'];
  readonly deleted?: boolean;
}

function object({ version = '1', uid = 'u1', finalizers, status, deleted }: Shape = {}): BotObject {
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
    },
    spec: { accountRef: { name: 'team' } },
    ...(status && { status }),
  };
}

function bed(first: BotObject) {
  const client = new FakeClient();
  const buried: string[] = [];
  const book = new BotBook({ judge: async () => undefined, tell: () => undefined });
  const feed = {
    overlay: (stored: BotObject) => stored,
    bury: (gone: { readonly metadata: { readonly uid: string } }) => void buried.push(gone.metadata.uid),
  };
  const writer = new BotWriter({ client, book, feed });
  book.seen(first);
  const record = () => book.records.get('default/alpha') ?? assert.fail('it is not there');
  return { client, book, writer, buried, record };
}

const held = [finalizer];
const status = { phase: 'Pending', ownerUID: 'u1' } as const;

describe('BotWriter', () => {
  it('holds by adding the finalizer to exactly the version seen, and what it added proves nothing', async () => {
    const { client, writer, record } = bed(object({ finalizers: ['other/one'] }));
    client.answer(() => object({ version: '2', finalizers: ['other/one', finalizer] }));
    const stored = await writer.hold(record());
    assert.deepEqual([stored.held, stored.pristine, stored.version], [true, true, '2']);
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
    assert.deepEqual([stored.held, stored.pristine], [true, false]);
    assert.deepEqual(client.methods, ['PATCH', 'GET']);
  });

  it('a hold in doubt that did not happen is told as not sent', async () => {
    const { client, writer, record } = bed(object());
    client.answer(failing({ kind: 'doubtful' }), () => object());
    await assert.rejects(writer.hold(record()), (error) => faultOf(error, 'unavailable') !== undefined);
    assert.deepEqual([record().held, record().pristine], [false, true]);
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
