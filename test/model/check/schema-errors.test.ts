import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { schemaErrors } from '../../../src/model/check/schema-errors.ts';

describe('schemaErrors()', () => {
  const bot = (spec: object) => schemaErrors('bot', { spec: { accountRef: { name: 'acme' }, ...spec } });

  it('counts the characters of a text by code points', () => {
    assert.deepEqual(bot({ displayName: '🤖'.repeat(256) }), []);
    assert.equal(bot({ displayName: '🤖'.repeat(257) })[0]?.keyword, 'maxLength');
  });

  it('stops at 200', () => {
    const sshKeys = Array.from({ length: 1_000 }, () => 1);
    assert.equal(bot({ droplet: { sshKeys } }).length, 200);
  });
});
