import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../src/adapters/system/virtual-clock.ts';
import { ConfigHandler } from '../../src/bot-api/config-handler.ts';
import { LongPolls } from '../../src/bot-api/long-polls.ts';
import { waited } from '../../src/bot-api/waited.ts';
import { tokenHash } from '../../src/kit/token.ts';
import { configContent } from '../../src/model/config-content.ts';
import type { BotRecord } from '../../src/model/records.ts';
import type { AgentBackend } from '../../src/ports/agent-backend.ts';
import { ago, botOf, spec, uid } from '../decide/input-builder.ts';

const token = 'agent-token-of-the-only-bot-there-is';

function storedWith(id: string, change: Partial<BotRecord> = {}): BotRecord {
  const agent = { sha256: tokenHash(token), registrationSHA256: 'b'.repeat(64), registeredAt: ago(1_000) };
  const desiredConfig = { id, version: Number(id.split('-')[0]), since: ago(1_000) };
  return botOf({ status: { ownerUID: uid, registration: { tokens: [], agent }, desiredConfig }, ...change });
}

const deletion = { requestedAt: ago(1_000), implicit: true };

/** A bot whose declaration has changed, and whose new config is not stored yet. */
function changed(change: Partial<BotRecord> = {}) {
  const clock = new VirtualClock(0);
  let bot = storedWith('1-old', change);
  let tell: (bot: BotRecord) => void = () => undefined;
  const looked: string[] = [];
  const backend = {
    leads: () => true,
    find: () => [bot],
    bot: () => bot,
    configOf: async () => ({ hash: 'new', content: configContent(spec, undefined) }),
    call: (key) => looked.push(key),
    onStored(listener) {
      tell = listener;
      return () => undefined;
    },
  } as Partial<AgentBackend> as AgentBackend;
  const polls = new LongPolls(backend, clock, 10);
  const parts = { backend, clock, polls, controlPlaneURL: undefined, leader: () => undefined };
  const configs = new ConfigHandler(parts);
  const ends: (() => void)[] = [];
  const ask = async (ifNoneMatch: string | undefined, waitMs: number) =>
    waited(await configs.serve({ botID: uid, bearer: token, ifNoneMatch, waitMs }), (end) => ends.push(end));
  const store = () => {
    bot = storedWith('2-new');
    tell(bot);
  };
  const endAll = () => {
    for (const end of ends) end();
  };
  return { ask, store, clock, looked, polls, endAll };
}

/** A bot whose secret takes until `read` to be read. */
function slowlyRead() {
  let bot = storedWith('1-old');
  let leads = true;
  const secret = Promise.withResolvers<void>();
  const backend = {
    leads: () => leads,
    find: () => [bot],
    bot: () => bot,
    configOf: async () => {
      await secret.promise;
      return { hash: 'old', content: configContent(spec, undefined) };
    },
    onStored: () => () => undefined,
  } as Partial<AgentBackend> as AgentBackend;
  const clock = new VirtualClock(0);
  const polls = new LongPolls(backend, clock, 10);
  const configs = new ConfigHandler({
    backend,
    clock,
    polls,
    controlPlaneURL: undefined,
    leader: () => undefined,
  });
  const asked = configs.serve({ botID: uid, bearer: token, ifNoneMatch: undefined, waitMs: 0 });
  return {
    revoke: () => {
      const { registration: _, ...status } = bot.status;
      bot = botOf({ status });
    },
    lose: () => {
      leads = false;
    },
    read: async () => {
      secret.resolve();
      const answer = await asked;
      return answer.kind === 'refused' ? answer.reason : answer.kind;
    },
  };
}

/** Lets what is ready go on. */
const turn = () => new Promise(setImmediate);

describe('while a changed config is not stored', () => {
  it('who has the stored one is held until it is, and the bot is looked at at once', async () => {
    const { ask, store, clock, looked } = changed();
    const answer = ask('1-old', 30_000);
    await turn();
    assert.equal(looked.length, 1);
    assert.equal(clock.nextAt(), 30_000);
    store();
    const served = await answer;
    assert.equal(served.kind === 'config' && served.etag, '2-new');
  });

  it('who has the stored one is told, when its time is over, that there is no other', async () => {
    const { ask, clock } = changed();
    assert.deepEqual(await ask('1-old', 0), { kind: 'notModified', etag: '1-old' });
    const answer = ask('1-old', 30_000);
    await turn();
    assert.equal(clock.runNext(), true);
    assert.deepEqual(await answer, { kind: 'notModified', etag: '1-old' });
  });

  it('who has none is asked to come back after five seconds', async () => {
    const { ask, clock } = changed();
    const answer = ask(undefined, 30_000);
    await turn();
    assert.equal(clock.nextAt(), 5_000);
    clock.runNext();
    const refused = await answer;
    assert.equal(refused.kind === 'refused' && refused.reason, 'unavailable');
  });

  it('who has the stored one is told so when the wait is ended, once, and no timer is left', async () => {
    const { ask, endAll, clock, polls } = changed();
    const answer = ask('1-old', 30_000);
    await turn();
    assert.equal(polls.size, 1);
    endAll();
    endAll();
    assert.deepEqual(await answer, { kind: 'notModified', etag: '1-old' });
    assert.deepEqual([polls.size, clock.nextAt()], [0, undefined]);
  });

  it('who finds no room to wait any more when the wait begins is answered at once', async () => {
    const { ask, polls } = changed();
    const answer = ask('1-old', 30_000);
    polls.close();
    assert.deepEqual(await answer, { kind: 'notModified', etag: '1-old' });
  });
});

describe('while a config’s secret is read', () => {
  it('nothing need change: it is served', async () => {
    assert.equal(await slowlyRead().read(), 'config');
  });

  it('a token that dies gets nothing', async () => {
    const { revoke, read } = slowlyRead();
    revoke();
    assert.equal(await read(), 'unauthorised');
  });

  it('a lease that is lost ends the call', async () => {
    const { lose, read } = slowlyRead();
    lose();
    assert.equal(await read(), 'notLeading');
  });
});

describe('a bot whose deletion is asked for', () => {
  it('is refused its config, unless its protection keeps it: then its call is held as before', async () => {
    const gone = changed({ deletion });
    assert.equal((await gone.ask('1-old', 30_000)).kind, 'refused');
    const kept = changed({ deletion, spec: { ...spec, deletionProtection: true } });
    const answer = kept.ask('1-old', 30_000);
    await turn();
    assert.equal(kept.looked.length, 1, 'one look, and then it waits');
    assert.equal(kept.clock.runNext(), true);
    assert.deepEqual(await answer, { kind: 'notModified', etag: '1-old' });
  });
});
