import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { validateBotSpec } from '../../src/model/check/schema-validator.ts';
import { parseManifests } from '../../src/model/manifest/parse-manifests.ts';
import { yamlText } from '../../src/model/manifest/yaml-text.ts';
import { arbitraryAccountSpec, arbitraryBotSpec } from './arbitrary-spec.ts';

const apiVersion = 'clawfleet.dev/v1alpha1';

/** The spec that comes back from a file that declares `spec`. */
function throughYaml(kind: 'Bot' | 'Account', spec: unknown): unknown {
  const text = yamlText({ apiVersion, kind, metadata: { name: 'alpha' }, spec });
  const { manifests, problems } = parseManifests(text, 'f');
  assert.deepEqual([...problems, ...manifests.flatMap((one) => one.problems)], [], text);
  const [one] = manifests;
  return one?.kind === kind ? one.spec : undefined;
}

/** Every mapping in `value`. */
function mappings(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(mappings);
  return Array.isArray(value) ? within : [value as Record<string, unknown>, ...within];
}

describe('any spec that the schema allows', () => {
  it('is valid, and comes back from YAML unchanged, for a bot', () => {
    fc.assert(
      fc.property(arbitraryBotSpec, (spec) => {
        assert.deepEqual(validateBotSpec(spec).violations, []);
        assert.deepEqual(throughYaml('Bot', spec), spec);
      }),
    );
  });

  it('is valid, and comes back from YAML unchanged, for an account', () => {
    fc.assert(
      fc.property(arbitraryAccountSpec, (spec) => assert.deepEqual(throughYaml('Account', spec), spec)),
    );
  });

  it('is refused with one unknown field, wherever that stands', () => {
    fc.assert(
      fc.property(arbitraryBotSpec, fc.nat(), (spec, pick) => {
        const copy = structuredClone(spec);
        const places = mappings(copy);
        const place = places[pick % places.length];
        if (place) place['zzz'] = 1;
        const { violations } = validateBotSpec(copy);
        assert.equal(violations.length, 1);
        assert.match(violations[0]?.rule ?? '', /^is an unknown field; known here are /);
      }),
    );
  });
});

describe('anything at all', () => {
  it('is validated without a throw', () => {
    fc.assert(
      fc.property(fc.anything(), (thing) => {
        const { value, violations } = validateBotSpec(thing);
        assert.equal(value === undefined, violations.length > 0);
      }),
    );
  });

  it('is parsed without a throw', () => {
    const pieces = [
      'kind: Bot\n',
      'spec:',
      ' - ',
      '{',
      '}',
      '&a ',
      '*a',
      '"',
      '\n',
      '<<: ',
      '---\n',
      '\t',
      '%YAML 1.1\n',
      ': ',
      '\0',
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' }))), (parts) => {
        const { manifests } = parseManifests(parts.join(''), 'f');
        assert.ok(manifests.every(({ kind }) => kind === 'Bot'));
      }),
      { numRuns: 500 },
    );
  });
});
