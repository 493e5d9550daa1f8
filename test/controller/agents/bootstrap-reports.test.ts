import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { BootstrapReports } from '../../../src/controller/agents/bootstrap-reports.ts';
import type { BootstrapReport } from '../../../src/model/agent-report.ts';
import { botOf } from '../../decide/input-builder.ts';

const agent = 'a'.repeat(64);
const failed = (...failedSteps: string[]): BootstrapReport => ({ running: false, failedSteps });
const storedAs = (report: BootstrapReport | undefined) =>
  botOf({ status: report ? { bootstrap: { ...report, failedSteps: [...report.failedSteps] } } : {} });

function bed() {
  const clock = new VirtualClock(0);
  const called: string[] = [];
  const book = new BootstrapReports(clock, (key) => called.push(key));
  const later = (ms: number) => {
    clock.schedule(ms, () => undefined);
    clock.runNext();
  };
  return { book, called, later };
}

describe('what beats report of a bootstrap', () => {
  it('calls no bot while it is what is stored', () => {
    const { book, called, later } = bed();
    for (let beat = 0; beat < 100; beat += 1) {
      book.take(storedAs(failed('node')), agent, failed('node'));
      later(30_000);
    }
    assert.deepEqual(called, []);
  });

  it('calls the bot once for a change, and is forgotten once that is stored', () => {
    const { book, called, later } = bed();
    const { key } = storedAs(undefined);
    book.take(storedAs(undefined), agent, failed('node'));
    assert.deepEqual(book.of(key, agent), failed('node'));
    book.stored(storedAs(failed('node')));
    assert.equal(book.of(key, agent), undefined);
    later(30_000);
    book.take(storedAs(failed('node')), agent, failed('node'));
    assert.deepEqual(called, [key]);
  });

  it('calls again while the change could not be stored', () => {
    const { book, called, later } = bed();
    book.take(storedAs(undefined), agent, failed('node'));
    later(30_000);
    book.take(storedAs(undefined), agent, failed('node'));
    assert.equal(called.length, 2);
  });

  it('lets an agent that keeps changing its word do so every ten seconds', () => {
    const { book, called, later } = bed();
    let stored: BootstrapReport | undefined;
    for (let beat = 0; beat < 200; beat += 1) {
      const calls = called.length;
      const report = failed(`step ${beat}`);
      book.take(storedAs(stored), agent, report);
      if (called.length > calls) stored = report;
      book.stored(storedAs(stored));
      later(500);
    }
    assert.equal(called.length, 10);
  });

  it('is no word of another agent, nor of a bot that is gone', () => {
    const { book } = bed();
    const bot = storedAs(undefined);
    book.take(bot, agent, failed('node'));
    assert.equal(book.of(bot.key, 'b'.repeat(64)), undefined);
    assert.equal(book.of(bot.key, undefined), undefined);
    book.forget(bot.key);
    assert.equal(book.of(bot.key, agent), undefined);
  });
});
