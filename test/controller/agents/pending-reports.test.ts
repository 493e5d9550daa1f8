import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PendingReports } from '../../../src/controller/agents/pending-reports.ts';
import type { Report } from '../../../src/model/agent-report.ts';
import type { ResourceKey } from '../../../src/model/resource-key.ts';
import { faultOf } from '../../../src/ports/port-error.ts';

const key = 'default/heron';
const report = (configID: string): Report => ({ kind: 'acknowledge', agentSHA256: 'a'.repeat(64), configID });
const forEver = () => new AbortController().signal;
const isUnavailable = (error: unknown) => faultOf(error, 'unavailable') !== undefined;

function newInbox() {
  const called: ResourceKey[] = [];
  return { inbox: new PendingReports((one) => called.push(one)), called };
}

describe('Inbox', () => {
  it('calls the bot, and answers each report as decided, in its order', async () => {
    const { inbox, called } = newInbox();
    const waiting = [
      inbox.submit(key, report('1-a'), forEver()),
      inbox.submit(key, report('2-b'), forEver()),
    ];
    assert.deepEqual(called, [key, key]);
    const letters = inbox.of(key);
    inbox.answer(key, letters, [{ kind: 'acknowledged' }, { kind: 'refused', reason: 'unknownConfig' }]);
    assert.deepEqual(await Promise.all(waiting), [
      { kind: 'acknowledged' },
      { kind: 'refused', reason: 'unknownConfig' },
    ]);
    assert.deepEqual(inbox.of(key), []);
  });

  it('keeps what came while a pass was under way for the next one', async () => {
    const { inbox } = newInbox();
    const first = inbox.submit(key, report('1-a'), forEver());
    const letters = inbox.of(key);
    const second = inbox.submit(key, report('2-b'), forEver());
    inbox.answer(key, letters, [{ kind: 'acknowledged' }]);
    assert.deepEqual(await first, { kind: 'acknowledged' });
    assert.deepEqual(
      inbox.of(key).map((letter) => letter.report),
      [report('2-b')],
    );
    inbox.close();
    await assert.rejects(second, isUnavailable);
  });

  it('takes back a report whose agent waits no more', async () => {
    const { inbox } = newInbox();
    const patience = new AbortController();
    const waiting = inbox.submit(key, report('1-a'), patience.signal);
    patience.abort(new Error('late'));
    await assert.rejects(waiting, /late/);
    assert.deepEqual(inbox.of(key), []);
    await assert.rejects(inbox.submit(key, report('1-a'), patience.signal), /late/);
  });

  it('lets nobody fill it', async () => {
    const { inbox } = newInbox();
    const waiting = Array.from({ length: 8 }, () => inbox.submit(key, report('1-a'), forEver()));
    await assert.rejects(inbox.submit(key, report('1-a'), forEver()), isUnavailable);
    const other = inbox.submit('default/egret', report('1-a'), forEver());
    inbox.close();
    for (const result of await Promise.allSettled([...waiting, other]))
      assert.equal(result.status, 'rejected');
  });

  it('refuses everybody who speaks for a bot that is gone', async () => {
    const { inbox } = newInbox();
    const waiting = inbox.submit(key, report('1-a'), forEver());
    inbox.forget(key);
    assert.deepEqual(await waiting, { kind: 'refused', reason: 'unauthorised' });
  });
});
