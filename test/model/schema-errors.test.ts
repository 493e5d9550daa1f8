import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { botManifestSchema } from '../../src/model/manifest-schemas.ts';
import { schemaErrors } from '../../src/model/schema-errors.ts';
import type { SchemaNode } from '../../src/model/schema-node.ts';
import type { TSchema } from '../../src/model/schema-words.ts';

const schema = botManifestSchema as TSchema as SchemaNode;
const ajv = new Ajv({ strict: false, validateFormats: false });
const judgesValid = ajv.compile(structuredClone(schema));

/** Mostly what the schema allows. */
function nearlyOf(node: SchemaNode): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 100, arbitrary: shaped(node) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
}

function shaped(node: SchemaNode): fc.Arbitrary<unknown> {
  if (node.enum) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case 'object':
      return mapping(node);
    case 'array':
      return fc.array(nearlyOf(node.items ?? {}), { maxLength: 3 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: (node.minimum ?? 0) - 1, max: (node.maximum ?? 1_000) + 1 });
    default:
      return node.pattern
        ? fc.stringMatching(new RegExp(node.pattern, 'u'))
        : fc.string({ unit: 'grapheme' });
  }
}

function mapping({ properties = {}, required = [] }: SchemaNode): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, field]) => [name, nearlyOf(field)] as const);
  const known = fc.record(Object.fromEntries(fields), {
    requiredKeys: [...required],
    noNullPrototype: true,
  });
  return fc.oneof(
    { weight: 100, arbitrary: known },
    { weight: 1, arbitrary: known.map((value) => ({ ...value, toString: 'unknown' })) },
  );
}

describe('schemaErrors()', () => {
  it('finds errors exactly where Ajv does', () => {
    let valid = 0;
    fc.assert(
      fc.property(nearlyOf(schema), (value) => {
        const verdict = judgesValid(value);
        valid += Number(verdict);
        assert.equal(schemaErrors(schema, value).length === 0, verdict, JSON.stringify(judgesValid.errors));
      }),
      { numRuns: 500, seed: 1 },
    );
    assert.ok(valid > 20, `only ${valid} of them valid`);
  });

  it('counts the characters of a text by code points', () => {
    assert.deepEqual(schemaErrors({ type: 'string', maxLength: 2 }, '🤖🤖'), []);
    assert.equal(schemaErrors({ type: 'string', maxLength: 2 }, '🤖🤖🤖')[0]?.keyword, 'maxLength');
  });

  it('stops at 200', () => {
    const list = Array.from({ length: 1_000 }, () => 1);
    assert.equal(schemaErrors({ type: 'array', items: { type: 'string' } }, list).length, 200);
  });
});
