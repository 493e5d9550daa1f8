import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DefinitionCheck } from '../../../../src/adapters/kubernetes/source/definition-check.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { FakeClient, failing } from './fake-client.ts';

/** Every wait is over at once. */
const hasty: Clock = {
  now: () => 0,
  monotonic: () => 0,
  schedule: (_delayMs, run) => {
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  },
};

function definition(deletionTimestamp?: string) {
  return () => ({
    metadata: { name: 'bots.clawfleet.dev', ...(deletionTimestamp && { deletionTimestamp }) },
  });
}

function bot(deletionTimestamp: string) {
  return {
    name: 'a',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    deletionTimestamp,
  };
}

function bed() {
  const client = new FakeClient();
  return { client, check: new DefinitionCheck(client, hasty, silentLog) };
}

const at = '2026-01-02T00:00:10Z';

describe('DefinitionCheck', () => {
  it('a deletion is the bot’s own while the definition stays', async () => {
    const { client, check } = bed();
    client.answer(definition());
    assert.equal(await check.reasonFor(bot(at)), undefined);
  });

  it('a deletion from the same second on is the definition’s, one from before the bot’s own', async () => {
    for (const [since, own] of [
      ['2026-01-02T00:00:11Z', true],
      [at, false],
      ['2026-01-02T00:00:09Z', false],
    ] as const) {
      const { client, check } = bed();
      client.answer(definition(since));
      assert.equal((await check.reasonFor(bot(at))) === undefined, own, since);
    }
  });

  it('a definition that is gone took every bot with it', async () => {
    const { client, check } = bed();
    client.answer(failing({ kind: 'absent' }));
    assert.match((await check.reasonFor(bot(at))) ?? '', /bots\.clawfleet\.dev is being deleted/);
  });

  it('bots that ask together share a reading, but none that began before they asked', async () => {
    const { client, check } = bed();
    const first = Promise.withResolvers<unknown>();
    client.answer(() => first.promise, definition(at));
    const early = check.reasonFor(bot(at));
    await new Promise((resolve) => setImmediate(resolve));
    const late = [check.reasonFor(bot(at)), check.reasonFor(bot(at))];
    first.resolve(definition()());
    assert.equal(await early, undefined);
    assert.ok((await Promise.all(late)).every((reason) => reason !== undefined));
    assert.equal(client.sent.length, 2);
  });

  it('waits until it can be read, however often that fails', async () => {
    const { client, check } = bed();
    client.answer(
      failing({ kind: 'unavailable' }),
      failing({ kind: 'rateLimited', until: 0 }),
      definition(at),
    );
    assert.ok(await check.reasonFor(bot(at)));
    assert.equal(client.sent.length, 3);
  });
});
