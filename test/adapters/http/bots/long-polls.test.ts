import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../../src/adapters/system/virtual-clock.ts';
import { LongPolls } from '../../../../src/bot-api/long-polls.ts';
import type { BotRecord } from '../../../../src/model/records.ts';
import type { AgentBackend } from '../../../../src/ports/agent-backend.ts';
import { botOf } from '../../../decide/input-builder.ts';

const key = botOf().key;
const always = () => true;
const never = { isNews: always, wake: () => assert.fail('nobody was to be woken') };

function pollsOf(most: number) {
  const clock = new VirtualClock(0);
  let tell: (bot: BotRecord) => void = () => assert.fail('nobody listens');
  const backend = {
    onStored(listener) {
      tell = listener;
      return () => {
        tell = () => undefined;
      };
    },
  } as Partial<AgentBackend> as AgentBackend;
  return { polls: new LongPolls(backend, clock, most), clock, stored: (bot: BotRecord) => tell(bot) };
}

describe('LongPolls', () => {
  it('wakes who waits for news of the bot that was stored, and nobody else', () => {
    const { polls, stored, clock } = pollsOf(10);
    const woken: string[] = [];
    const hold = (name: string, isNews: (bot: BotRecord) => boolean, of = key) =>
      polls.wait(of, { isNews, wake: () => woken.push(name) }, 30_000);
    hold('news', always);
    hold('no news', () => false);
    hold('other', always, 'default/egret');
    stored(botOf());
    assert.deepEqual(woken, ['news']);
    assert.equal(polls.size, 2);
    while (clock.runNext());
    assert.deepEqual(woken, ['news', 'no news', 'other']);
    assert.equal(polls.size, 0);
  });

  it('lets no more than so many wait', () => {
    const { polls } = pollsOf(1);
    const place = polls.wait(key, never, 30_000);
    assert.equal(polls.isFull, true);
    assert.equal(polls.wait(key, never, 30_000), undefined);
    assert.equal(polls.size, 1);
    place?.leave();
    place?.leave();
    assert.equal(polls.size, 0);
    assert.equal(polls.isFull, false);
  });

  it('leaves no timer behind, however a wait ends', () => {
    const { polls, stored, clock } = pollsOf(10);
    const woken: string[] = [];
    polls.wait(key, { isNews: always, wake: () => woken.push('news') }, 30_000);
    polls.wait(key, never, 30_000)?.leave();
    stored(botOf());
    polls.wait(key, { isNews: always, wake: () => woken.push('closed') }, 30_000);
    polls.close();
    assert.deepEqual(woken, ['news', 'closed']);
    assert.equal(clock.nextAt(), undefined);
    assert.equal(polls.wait(key, never, 30_000), undefined);
  });
});
