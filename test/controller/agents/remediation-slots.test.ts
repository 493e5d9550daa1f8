import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RemediationSlots } from '../../../src/controller/agents/remediation-slots.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { ago, botOf, now } from '../../decide/input-builder.ts';

function bot(name: string, account = 'acme', status: BotStatus = {}): BotRecord {
  const spec = { accountRef: { name: account }, health: { remediation: 'Replace' as const } };
  return botOf({ key: `default/${name}`, name, spec, status });
}

const remedied = (minutes: number): BotStatus => ({
  remediations: { count: 1, lastAt: ago(minutes * 60_000) },
});

describe('RemedyBook', () => {
  it('lets one bot of an account be replaced at a time, however often it asks', () => {
    const book = new RemediationSlots(() => 1_000);
    assert.equal(book.hindrance(bot('a'), 'Replace'), undefined);
    assert.equal(book.hindrance(bot('a'), 'Replace'), undefined);
    assert.match(book.hindrance(bot('b'), 'Replace') ?? '', /of the account/);
    assert.equal(book.hindrance(bot('c', 'other'), 'Replace'), undefined);
    assert.equal(book.hindrance(bot('d'), 'Reboot'), undefined);
  });

  it('lets no more than 1 + 5 % of the fleet be remedied at once', () => {
    const book = new RemediationSlots(() => 40);
    for (const name of ['a', 'b', 'c']) assert.equal(book.hindrance(bot(name), 'Reboot'), undefined);
    assert.match(book.hindrance(bot('d'), 'Reboot') ?? '', /^3 silent bots/);
  });

  it('gives back the place of a remedy that was not used, or is over', () => {
    const book = new RemediationSlots(() => 1);
    book.hindrance(bot('a'), 'Replace');
    book.settle(bot('a', 'acme', remedied(1)), now);
    assert.notEqual(book.hindrance(bot('b'), 'Replace'), undefined);
    book.settle(bot('a', 'acme', remedied(30)), now);
    assert.equal(book.hindrance(bot('b'), 'Replace'), undefined);
    book.settle(bot('b'), now);
    assert.equal(book.hindrance(bot('c'), 'Replace'), undefined);
  });

  it('recalls what an earlier process began', () => {
    const book = new RemediationSlots(() => 1_000);
    book.recall(bot('a', 'acme', remedied(1)), now);
    assert.match(book.hindrance(bot('b'), 'Replace') ?? '', /of the account/);
    book.forget('default/a');
    assert.equal(book.hindrance(bot('b'), 'Replace'), undefined);
  });
});
