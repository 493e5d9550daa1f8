import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { validateAccountSpec, validateBotSpec } from '../../src/model/check/schema-validator.ts';
import type { AccountSpec } from '../../src/model/spec/account-spec.ts';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';

const bot: BotSpec = {
  accountRef: { name: 'main' },
  persona: 'quant_lite',
  trading: { assetFocus: 'custom', assets: ['BTC'], signals: { liquidityFilterStrictness: 'high' } },
  llm: { provider: 'anthropic', apiKey: { secretRef: { name: 'llm', key: 'key' } } },
  droplet: { tags: ['a'], replacePolicy: 'Automatic' },
};
const account: AccountSpec = { tier: 'pro', maxBots: 7, monthlyBudgetUSD: 12.5 };

describe('the static types', () => {
  it('allow what the validators allow', () => {
    assert.deepEqual(validateBotSpec(bot).violations, []);
    assert.deepEqual(validateAccountSpec(account).violations, []);
  });

  it('refuse what the validators refuse', () => {
    // @ts-expect-error: accountRef is required.
    const nameless: BotSpec = { persona: 'beginner' };
    // @ts-expect-error: there is no such persona.
    const stranger: BotSpec = { ...bot, persona: 'whale' };
    // @ts-expect-error: there is no such field.
    const misspelt: BotSpec = { ...bot, tradng: {} };
    // @ts-expect-error: an undeclared field is absent, not undefined.
    const unset: BotSpec = { ...bot, displayName: undefined };
    for (const spec of [nameless, stranger, misspelt]) assert.equal(validateBotSpec(spec).value, undefined);
    assert.equal(unset.displayName, undefined);
  });
});
