import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { schemaErrorsOf } from '../../src/model/schema-errors.ts';

describe('schemaErrorsOf()', () => {
  it('counts the characters of a text by code points', () => {
    assert.deepEqual(schemaErrorsOf({ type: 'string', maxLength: 2 })('🤖🤖'), []);
    assert.equal(schemaErrorsOf({ type: 'string', maxLength: 2 })('🤖🤖🤖')[0]?.keyword, 'maxLength');
  });

  it('stops at 200', () => {
    const list = Array.from({ length: 1_000 }, () => 1);
    assert.equal(schemaErrorsOf({ type: 'array', items: { type: 'string' } })(list).length, 200);
  });
});
