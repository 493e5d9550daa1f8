import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SecretUses } from '../../../../../src/adapters/kubernetes/source/secrets/secret-uses.ts';
import type { AccountRecord, BotRecord } from '../../../../../src/model/records.ts';

const base = {
  uid: 'u',
  generation: 1,
  version: '1',
  createdAt: '2026-01-01T00:00:00Z',
  problems: [],
  origin: '',
};

function bot(name: string, secret: string | undefined): BotRecord {
  const llm =
    secret === undefined ? {} : { llm: { provider: 'x', apiKey: { secretRef: { name: secret, key: 'k' } } } };
  const spec = { accountRef: { name: 'team' }, ...llm };
  return {
    ...base,
    key: `default/${name}`,
    namespace: 'default',
    name,
    spec,
    status: {},
    hasFinalizer: true,
    pristine: true,
  };
}

function account(name: string, secret: string): AccountRecord {
  const spec = { tokenSecretRef: { name: secret, key: 'k' } };
  return { ...base, key: `default/${name}`, namespace: 'default', name, spec, status: {} };
}

describe('SecretUses', () => {
  it('tells who refers to a Secret, and when nobody does any more', () => {
    const unused: string[] = [];
    const uses = new SecretUses((secret) => unused.push(secret));
    uses.bot('default/a', bot('a', 's'));
    uses.bot('default/b', bot('b', 's'));
    uses.account('default/team', account('team', 's'));
    assert.deepEqual([...uses.usersOf('default/s').bots], ['default/a', 'default/b']);
    assert.deepEqual([...uses.usersOf('default/s').accounts], ['default/team']);
    uses.bot('default/a', undefined);
    uses.bot('default/b', bot('b', 't'));
    assert.deepEqual([unused, uses.isUsed('default/s'), uses.isUsed('default/t')], [[], true, true]);
    uses.account('default/team', undefined);
    assert.deepEqual([unused, uses.isUsed('default/s')], [['default/s'], false]);
    uses.bot('default/b', bot('b', undefined));
    assert.deepEqual(unused, ['default/s', 'default/t']);
  });

  it('knows Secrets by their namespace', () => {
    const uses = new SecretUses(() => undefined);
    uses.bot('default/a', bot('a', 's'));
    assert.equal(uses.isUsed('other/s'), false);
  });
});
