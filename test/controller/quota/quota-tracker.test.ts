import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QuotaTracker } from '../../../src/controller/quota/quota-tracker.ts';
import type { AccountRecord, BotRecord } from '../../../src/model/records.ts';
import { resourceKey } from '../../../src/model/resource-key.ts';
import type { AccountSpec } from '../../../src/model/spec/account-spec.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { ago, attemptOf, botOf, dropletOf, now, recordOf } from '../../decide/input-builder.ts';

const acme = resourceKey('default', 'acme');

function bot(name: string, status: BotStatus = {}, account = 'acme'): BotRecord {
  const spec = { accountRef: { name: account } };
  return botOf({
    key: resourceKey('default', name),
    name,
    uid: name,
    status,
    spec,
    createdAt: `2026-01-01T00:00:0${name.length}Z`,
  });
}

function account(spec: AccountSpec | undefined, name = 'acme'): AccountRecord {
  const { status: _, spec: __, ...base } = botOf();
  return { ...base, key: resourceKey('default', name), name, spec, status: {} };
}

const holding: BotStatus = { droplet: recordOf(dropletOf()) };

describe('QuotaBook', () => {
  it('gives free places in order of creation, and says to the others what they wait for', () => {
    const book = new QuotaTracker(() => now);
    for (const name of ['ccc', 'a', 'bb']) book.update(bot(name));
    const granted = (name: string) => book.grant(resourceKey('default', name), account({ maxBots: 2 }));
    assert.deepEqual([granted('a').granted, granted('bb').granted], [true, true]);
    const waiting = granted('ccc');
    assert.equal(waiting.granted, false);
    assert.match('message' in waiting ? waiting.message : '', /allows 2 bots \(maxBots\)/);
  });

  it('lets tiers stand for their limits: free 0, basic 2, pro 4', () => {
    for (const [tier, limit] of [
      ['free', 0],
      ['basic', 2],
      ['pro', 4],
    ] as const) {
      const book = new QuotaTracker(() => now);
      const names = ['a', 'bb', 'ccc', 'dddd', 'eeeee'];
      for (const name of names) book.update(bot(name));
      const granted = names.filter(
        (name) => book.grant(resourceKey('default', name), account({ tier })).granted,
      );
      assert.equal(granted.length, limit);
    }
  });

  it('lets a holder keep its place over the limit: a droplet, an attempt, or a place kept', () => {
    for (const status of [holding, { createAttempt: attemptOf() }, { placeHeld: true }]) {
      const book = new QuotaTracker(() => now);
      book.update(bot('a', status));
      assert.equal(book.grant(resourceKey('default', 'a'), account({ maxBots: 0 })).granted, true);
    }
  });

  it('takes a reserved place at once, and gives it back when the bot turns out not to hold it', () => {
    const book = new QuotaTracker(() => now);
    book.update(bot('a'));
    book.update(bot('bb'));
    book.reserve(resourceKey('default', 'bb'), 12);
    const one = account({ maxBots: 1 });
    assert.equal(book.grant(resourceKey('default', 'a'), one).granted, false);
    assert.deepEqual(book.use(acme, 1), { used: 1, waiting: 1, costMonthlyUSD: 12 });
    book.update(bot('bb'));
    assert.equal(book.grant(resourceKey('default', 'a'), one).granted, true);
    assert.deepEqual(book.use(acme, 1), { used: 0, waiting: 1, costMonthlyUSD: 0 });
  });

  it('keeps the reserved price while the attempt is open', () => {
    const book = new QuotaTracker(() => now);
    book.update(bot('a'));
    book.reserve(resourceKey('default', 'a'), 12);
    book.update(bot('a', { createAttempt: attemptOf() }));
    assert.equal(book.costUSD(acme), 12);
    book.update(bot('a', holding));
    assert.equal(book.costUSD(acme), 12);
  });

  it('tells of both accounts when a bot moves from one to another', () => {
    const book = new QuotaTracker(() => now);
    book.update(bot('a', holding));
    assert.deepEqual(book.update(bot('a', holding, 'other')), [acme, resourceKey('default', 'other')]);
    assert.equal(book.use(acme, 1).used, 0);
  });

  it('frees the place of a bot that is gone', () => {
    const book = new QuotaTracker(() => now);
    book.update(bot('a', holding));
    assert.equal(book.remove(resourceKey('default', 'a')), acme);
    assert.deepEqual(book.use(acme, 1), { used: 0, waiting: 0, costMonthlyUSD: 0 });
  });

  it('grants nothing without an account, holder or not', () => {
    const book = new QuotaTracker(() => now);
    book.update(bot('a', holding));
    const reasonOf = (found: AccountRecord | undefined) => {
      const grant = book.grant(resourceKey('default', 'a'), found);
      return grant.granted ? 'Granted' : grant.reason;
    };
    assert.equal(reasonOf(undefined), 'AccountNotFound');
    assert.equal(reasonOf(account(undefined)), 'AccountInvalid');
  });

  it('says nothing of an account to a bot whose declaration names none yet', () => {
    const grant = new QuotaTracker(() => now).grant(resourceKey('default', 'a'), undefined);
    assert.ok(!grant.granted);
    assert.equal(grant.reason, 'InvalidSpec');
    assert.doesNotMatch(grant.message, /ccount/);
  });

  it('looks again at who is granted when the limit changes', () => {
    const book = new QuotaTracker(() => now);
    for (const name of ['a', 'bb']) book.update(bot(name));
    const second = resourceKey('default', 'bb');
    assert.equal(book.grant(second, account({ maxBots: 1 })).granted, false);
    book.limitChanged(acme);
    assert.equal(book.grant(second, account({ maxBots: 2 })).granted, true);
  });

  it('gives no place to who would not create now: declared Stopped, deleted, or refused and in its back-off', () => {
    const refusal = (ms: number, generation = 1): BotStatus => ({
      refusal: { what: 'create', message: 'no', at: ago(ms), count: 1, generation },
    });
    const declaredStopped = { accountRef: { name: 'acme' }, powerState: 'Stopped' } as const;
    const idle: readonly BotRecord[] = [
      { ...bot('a'), spec: declaredStopped },
      { ...bot('a'), deletion: { requestedAt: ago(1_000), implicit: false } },
      bot('a', refusal(59_000)),
    ];
    const places = (first: BotRecord) => {
      const book = new QuotaTracker(() => now);
      book.update(first);
      book.update(bot('bb'));
      const granted = book.grant(resourceKey('default', 'bb'), account({ maxBots: 1 })).granted;
      return [granted, book.waiting(acme).length, book.use(acme, 1).waiting];
    };
    for (const one of idle) assert.deepEqual(places(one), [true, 1, 0]);
    for (const one of [bot('a'), bot('a', refusal(60_000)), bot('a', refusal(1_000, 7))])
      assert.deepEqual(places(one), [false, 2, 1]);
  });

  it('tells an idle bot whether it would have a place by its order', () => {
    const book = new QuotaTracker(() => now);
    const idle = (name: string): BotRecord => ({
      ...bot(name),
      spec: { accountRef: { name: 'acme' }, powerState: 'Stopped' },
    });
    for (const one of [idle('a'), bot('bb'), idle('ccc')]) book.update(one);
    const granted = (name: string) =>
      book.grant(resourceKey('default', name), account({ maxBots: 1 })).granted;
    assert.deepEqual([granted('a'), granted('bb'), granted('ccc')], [true, true, false]);
  });
});
