import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { accountCrd, botCrd, type CRD, crdManifests } from '../../../src/model/crd/crds.ts';
import { botRules, botTransitions } from '../../../src/model/spec/rules.ts';

type Tree = { readonly [name: string]: unknown };

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(tree: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((node, name) => (isTree(node) ? node[name] : undefined), tree);
}

function rootSchema({ spec }: CRD): unknown {
  const [version] = (spec['versions'] as readonly unknown[]) ?? [];
  return at(version, 'schema', 'openAPIV3Schema');
}

/** Every schema in `node`, with its path. */
function* schemas(node: unknown, path = ''): Generator<readonly [string, Tree]> {
  if (!isTree(node)) return;
  yield [path, node];
  for (const [name, child] of Object.entries(isTree(node['properties']) ? node['properties'] : {}))
    yield* schemas(child, `${path}.${name}`);
  yield* schemas(node['items'], `${path}[]`);
}

const allowed = new Set([
  ...['type', 'description', 'default', 'enum', 'format', 'pattern', 'required', 'properties', 'items'],
  ...['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'],
  ...[
    'x-kubernetes-validations',
    'x-kubernetes-list-type',
    'x-kubernetes-list-map-keys',
    'x-kubernetes-map-type',
  ],
]);

it('the definitions say the same to a reader of YAML 1.1, as kubectl and Helm are', () => {
  const read = (version: '1.1' | '1.2') =>
    parseAllDocuments(crdManifests(), { version }).map((one) => one.toJS());
  assert.deepEqual(read('1.1'), read('1.2'));
});

for (const crd of [botCrd, accountCrd]) {
  describe(`the CRD ${crd.metadata.name}`, () => {
    it('is structural: a type everywhere and no keyword the API server does not take', () => {
      for (const [path, schema] of schemas(rootSchema(crd))) {
        assert.equal(typeof schema['type'], 'string', path);
        for (const [name, value] of Object.entries(schema)) {
          assert.ok(allowed.has(name), `${path}: ${name}`);
          assert.notEqual(value, undefined, `${path}: ${name}`);
        }
      }
    });

    it('has defaults that its own schema accepts', () => {
      for (const [path, { default: value, type, enum: values }] of schemas(rootSchema(crd))) {
        if (value === undefined) continue;
        assert.equal(
          Array.isArray(value) ? 'array' : typeof value,
          type === 'integer' ? 'number' : type,
          path,
        );
        if (Array.isArray(values)) assert.ok(values.includes(value), path);
      }
    });

    it('serves status as a subresource and belongs to the category clawfleet', () => {
      assert.deepEqual(at(crd.spec, 'names', 'categories'), ['clawfleet']);
      assert.deepEqual(at((crd.spec['versions'] as readonly unknown[])[0], 'subresources'), { status: {} });
    });

    it('stands in crds/ as generated', () => {
      const file = new URL(
        `../../../crds/clawfleet.dev_${crd.metadata.name.split('.')[0]}.yaml`,
        import.meta.url,
      );
      assert.deepEqual(parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(crd)));
    });
  });
}

describe('the CRD of bots', () => {
  const root = rootSchema(botCrd);

  it('carries every rule where it stands, with its message', () => {
    for (const { at: place, cel, message, field } of [...botRules, ...botTransitions]) {
      const path = place.flatMap((step) => ['properties', String(step)]);
      const found = at(root, ...path, 'x-kubernetes-validations') as readonly Tree[] | undefined;
      const wanted = { rule: cel, message, ...(field === undefined ? {} : { fieldPath: `.${field}` }) };
      assert.ok(
        found?.some((rule) => JSON.stringify(rule) === JSON.stringify(wanted)),
        message,
      );
    }
  });

  it('tells conditions apart by their type', () => {
    const conditions = at(root, 'properties', 'status', 'properties', 'conditions');
    assert.equal(at(conditions, 'x-kubernetes-list-type'), 'map');
    assert.deepEqual(at(conditions, 'x-kubernetes-list-map-keys'), ['type']);
  });

  it('shows phase, ready, droplet, IP, region, size and age, and more with -o wide', () => {
    const columns = at((botCrd.spec['versions'] as readonly unknown[])[0], 'additionalPrinterColumns');
    const names = (columns as readonly Tree[]).map(
      ({ name, priority }) => `${name}${priority ? ' wide' : ''}`,
    );
    const short = ['Phase', 'Ready', 'Droplet', 'IP', 'Region', 'Size', 'Age'];
    const wide = ['Account', 'Cost', 'Reason', 'Config', 'Heartbeat'].map((name) => `${name} wide`);
    assert.deepEqual(names, [...short, ...wide]);
  });

  it('says in each description what the default is', () => {
    const region = at(root, 'properties', 'spec', 'properties', 'droplet', 'properties', 'region');
    assert.match(String(at(region, 'description')), /Default: nyc3\.$/);
  });
});

describe('crdManifests()', () => {
  it('prints both, ready for kubectl apply', () => {
    const names = parseAllDocuments(crdManifests()).map((document) => document.getIn(['metadata', 'name']));
    assert.deepEqual(names, ['accounts.clawfleet.dev', 'bots.clawfleet.dev']);
  });
});
