import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../src/adapters/system/virtual-clock.ts';
import { LongPolls } from '../../src/bot-api/long-polls.ts';
import type { BotRecord } from '../../src/model/records.ts';
import type { AgentDesk } from '../../src/ports/agent-desk.ts';
import { botOf } from '../decide/input-builder.ts';

const key = botOf().key;
const forEver = new AbortController().signal;
const always = () => true;

function pollsOf(most: number) {
  const clock = new VirtualClock(0);
  let tell: (bot: BotRecord) => void = () => assert.fail('nobody listens');
  const desk = {
    onStored(listener) {
      tell = listener;
      return () => {
        tell = () => undefined;
      };
    },
  } as Partial<AgentDesk> as AgentDesk;
  return { polls: new LongPolls(desk, clock, most), clock, stored: (bot: BotRecord) => tell(bot) };
}

describe('LongPolls', () => {
  it('wakes who waits for news of the bot that was stored, and nobody else', async () => {
    const { polls, stored, clock } = pollsOf(10);
    const woken: string[] = [];
    const wait = (name: string, isNews: (bot: BotRecord) => boolean, of = key) =>
      polls.wait(of, isNews, 30_000, forEver).then(() => woken.push(name));
    const waiting = [
      wait('news', always),
      wait('no news', () => false),
      wait('other', always, 'default/egret'),
    ];
    stored(botOf());
    await waiting[0];
    assert.deepEqual(woken, ['news']);
    assert.equal(polls.size, 2);
    while (clock.runNext());
    await Promise.all(waiting);
    assert.equal(polls.size, 0);
  });

  it('lets no more than so many wait', async () => {
    const { polls } = pollsOf(1);
    const first = polls.wait(key, always, 30_000, forEver);
    assert.equal(polls.isFull, true);
    await polls.wait(key, always, 30_000, forEver);
    assert.equal(polls.size, 1);
    polls.close();
    await first;
  });

  it('leaves no timer behind, however a wait ends', async () => {
    const { polls, stored, clock } = pollsOf(10);
    const gone = new AbortController();
    const waits = [
      polls.wait(key, always, 30_000, forEver),
      polls.wait(key, () => false, 30_000, gone.signal),
    ];
    stored(botOf());
    gone.abort();
    await Promise.all(waits);
    const closed = polls.wait(key, always, 30_000, forEver);
    polls.close();
    await closed;
    assert.equal(clock.nextAt(), undefined);
    await polls.wait(key, always, 30_000, forEver);
  });
});
