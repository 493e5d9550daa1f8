import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { resolveTestServers } from '../../../../scripts/test-servers/resolve.ts';
import { parseManifestBytes } from '../../../../src/adapters/directory/files/manifest-file.ts';
import { kubernetesScalar } from '../../../../src/model/manifest/kubernetes-scalar.ts';
import { type FieldPath, valueAt } from '../../../../src/model/schema/field-path.ts';
import { ended, printed } from '../../../deploy/support/program.ts';
import { temporaryDirectory } from '../../../lab/temporary-directory.ts';
import { type ApiServer, startApiServer, withoutServers } from '../support/api-server.ts';
import { installDefinitions } from '../support/definitions.ts';

const words = (text: string) => text.trim().split(/\s+/);

/** Scalars that a directory and Kubernetes must take, or refuse, alike. */
const alike = [
  ...words(`
    0 1 -1 +5 12345 80 080 09 007 00 01 -0 +0 -08 4294967296 0o7 0x1F 0xff
    1.0 1.5 .5 5. 0.1 +.5 -.5 1e3 1E3 1e-2 1.5e+2
    true false True FALSE tRUE ~ null Null NULL nil None
    1:30 190:20:30.15 12:30:45 2001-12-14 2001-12-14t21:59:43.10-05:00
    = < << - -- . .. + -a _ _1 0o8 0x 0xg 0b 0b2 1.2.3 1,000 1e e3 .e3 1e400a inf nan +.
    a:b a#b http://x/y?z Yess onn yEs oN "010" 'yes' "1_000" @x %x *none { [ "open
  `),
  ...['', '2001-12-14 21:59:43', 'a # comment', '- x', '!!str 010', '!!str yes'],
];

/** Scalars that Kubernetes reads differently, or cannot read: a directory refuses them in any field. */
const unlike = [
  ...words(`
    010 -010 +017 0777 0b1 0b101 -0b11 0B1 0O17 0X1F -0x1F +0x1 -0o7
    1_000 1_ 1__0 0_7 0x_1F 0b1_0 1_0.5 12_345.67e1 -1_000
    yes Yes YES no No NO on On ON off Off OFF y Y n N
    .inf .Inf .INF +.inf -.inf .nan .NaN 1e400 1e21 -1e16 9007199254740993 0xFFFFFFFFFFFFFFFFF
  `),
  ...['!!int "5"', '!!float 1', '!!bool "true"', '!!null ""', '!!binary aGk=', '!own x', '! 010'],
];

interface Field {
  readonly kind: 'Bot' | 'Account';
  readonly path: FieldPath;
  /** What the definition makes of none. */
  readonly otherwise?: unknown;
  readonly spec: (scalar: string) => string;
}

const bot = (field: (scalar: string) => string) => (scalar: string) =>
  `spec:\n  accountRef: {name: desk}\n  ${field(scalar)}\n`;

/** One field of each type. */
const fields: Readonly<Record<string, Field>> = {
  string: {
    kind: 'Bot',
    path: ['spec', 'rebootRequest'],
    spec: bot((scalar) => `rebootRequest: ${scalar}`),
  },
  integer: {
    kind: 'Bot',
    path: ['spec', 'adopt', 'dropletID'],
    spec: bot((scalar) => `adopt:\n    dropletID: ${scalar}`),
  },
  number: {
    kind: 'Account',
    path: ['spec', 'monthlyBudgetUSD'],
    spec: (scalar) => `spec:\n  monthlyBudgetUSD: ${scalar}\n`,
  },
  boolean: {
    kind: 'Bot',
    path: ['spec', 'droplet', 'monitoring'],
    otherwise: true,
    spec: bot((scalar) => `droplet:\n    monitoring: ${scalar}`),
  },
};

interface Case {
  readonly name: string;
  readonly scalar: string;
  readonly type: string;
  readonly field: Field;
  readonly text: string;
}

/** What became of a case: the value it has, or that it was refused. */
type Outcome = { readonly value: unknown } | 'refused';

const casesOf = (scalars: readonly string[], prefix: string): readonly Case[] =>
  scalars.flatMap((scalar, number) =>
    Object.entries(fields).map(([type, field]) => {
      const name = `${prefix}-${number}-${type}`;
      const head = `apiVersion: clawfleet.dev/v1alpha1\nkind: ${field.kind}\nmetadata: {name: ${name}}\n`;
      return { name, scalar, type, field, text: head + field.spec(scalar) };
    }),
  );

function inDirectory({ text, name, field }: Case): Outcome {
  const { manifests, problems } = parseManifestBytes(Buffer.from(text), `${name}.yaml`);
  const [manifest] = manifests;
  if (!manifest || problems.length + manifest.problems.length > 0) return 'refused';
  // As it is stored.
  const value: unknown = JSON.parse(JSON.stringify(valueAt(manifest, field.path) ?? null)) ?? field.otherwise;
  return { value };
}

describe('a scalar of YAML, in a directory and by kubectl', withoutServers, () => {
  const cases = { alike: casesOf(alike, 'alike'), unlike: casesOf(unlike, 'unlike') };
  let api: ApiServer;
  let stored: ReadonlyMap<string, unknown>;

  const inCluster = ({ name, field }: Case): Outcome =>
    stored.has(name) ? { value: valueAt(stored.get(name), field.path) } : 'refused';

  before(async () => {
    api = await startApiServer();
    await installDefinitions(api.client);
    stored = await appliedByKubectl([...cases.alike, ...cases.unlike]);
  });
  after(() => api[Symbol.asyncDispose]());

  async function appliedByKubectl(all: readonly Case[]): Promise<ReadonlyMap<string, unknown>> {
    const { kubectl } = await resolveTestServers();
    const env = { KUBECONFIG: api.kubeconfig };
    const directory = temporaryDirectory('scalars');
    for (const { name, text } of all) writeFileSync(join(directory, `${name}.yaml`), text);
    await ended(kubectl, ['apply', '-f', directory], { env });
    const list = JSON.parse(await printed(kubectl, ['get', 'bots,accounts', '-o', 'json'], { env }));
    return new Map(list.items.map((item: { metadata: { name: string } }) => [item.metadata.name, item]));
  }

  for (const [type, { path }] of Object.entries(fields)) {
    it(`means the same for a ${type}, or is refused by both`, () => {
      const own = cases.alike.filter((one) => one.type === type);
      const seen = own.map((one) => [one.scalar, inDirectory(one), inCluster(one)] as const);
      const differing = seen.filter(([, here, there]) => !isDeepStrictEqual(here, there));
      assert.deepEqual(differing, []);
      assert.ok(
        own.some((one) => inCluster(one) !== 'refused'),
        path.join('.'),
      );
    });
  }

  it('is refused in a directory where the two differ', () => {
    const taken = cases.unlike.filter((one) => inDirectory(one) !== 'refused');
    assert.deepEqual(
      taken.map(({ text }) => text),
      [],
    );
  });

  it('is to Kubernetes what we tell that it is', () => {
    const stored = cases.unlike.flatMap((one) => {
      const outcome = inCluster(one);
      return outcome === 'refused' || one.scalar.startsWith('!')
        ? []
        : [[one.scalar, outcome.value] as const];
    });
    assert.ok(stored.length >= 30, `${stored.length} were stored`);
    for (const [scalar, value] of stored) {
      const meant = kubernetesScalar(scalar);
      assert.equal(value, typeof meant === 'bigint' ? Number(meant) : meant, scalar);
    }
  });
});
