import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { patience } from '../../scripts/lab/patience.ts';
import { parseManifests } from '../../src/model/parse-manifests.ts';
import { problemText } from '../../src/model/problem.ts';
import { cpuStopwatch } from '../support/stopwatch.ts';

const head = 'apiVersion: clawfleet.dev/v1alpha1';
const good = `${head}\nkind: Bot\nmetadata: {name: scout}\nspec: {accountRef: {name: main}}\n`;
const account = `${head}\nkind: Account\nmetadata: {name: main, namespace: team}\nspec: {tier: pro}\n`;

/** Every problem in `text`, of the file and of its manifests. */
function told(text: string): readonly string[] {
  const { manifests, problems } = parseManifests(text, 'f');
  return [...problems, ...manifests.flatMap((manifest) => manifest.problems)].map(problemText);
}

/** `kind/key` of every manifest in `text`, which has no problem. */
function read(text: string): readonly string[] {
  assert.deepEqual(told(text), []);
  return parseManifests(text, 'f').manifests.map(({ kind, key }) => `${kind}/${key}`);
}

describe('parseManifests() of good files', () => {
  it('reads a bot, in namespace default unless told otherwise', () => {
    assert.deepEqual(parseManifests(good, 'bots/a.yaml').manifests, [
      {
        kind: 'Bot',
        key: 'default/scout',
        namespace: 'default',
        name: 'scout',
        where: 'bots/a.yaml:1:1',
        problems: [],
        spec: { accountRef: { name: 'main' } },
      },
    ]);
  });

  it('reads several documents and says where each begins', () => {
    const { manifests } = parseManifests(`# Two.\n---\n${good}---\n# The account.\n${account}`, 'f');
    assert.deepEqual(
      manifests.map(({ key, where }) => [key, where]),
      [
        ['default/scout', 'f:3:1'],
        ['team/main', 'f:9:1'],
      ],
    );
  });

  it('passes over empty documents, comments and empty files', () => {
    for (const text of ['', '\n', '# Nothing.\n', '---\n---\n# Still nothing.\n---\n', '\uFEFF'])
      assert.deepEqual(parseManifests(text, 'f'), { manifests: [], problems: [] });
    assert.deepEqual(read(`---\n${good}---\n`), ['Bot/default/scout']);
  });

  it('reads a list as kubectl prints it, what the server added included', () => {
    const exported = `
apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
- apiVersion: clawfleet.dev/v1alpha1
  kind: Bot
  metadata:
    name: scout
    uid: 35e246de-235f-4b9f-90aa-97a776693d86
    generation: 3
    resourceVersion: "219"
    creationTimestamp: 2026-01-01T00:00:00Z
    finalizers: [clawfleet.dev/droplet]
    managedFields: [{manager: kubectl}]
  spec: {accountRef: {name: main}}
  status: {phase: Online, anything: [1]}
- {apiVersion: v1, kind: Secret, metadata: {name: llm}, stringData: {key: abc}}
`;
    assert.deepEqual(read(exported), ['Bot/default/scout', 'Secret/default/llm']);
    assert.deepEqual(read(`${head}\nkind: BotList\nitems: []\n`), []);
  });

  it('reads Windows line ends and JSON', () => {
    assert.deepEqual(read(good.replaceAll('\n', '\r\n')), ['Bot/default/scout']);
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'aGk=' },
    });
    assert.deepEqual(read(json), ['Secret/default/s']);
  });

  it('follows anchors, aliases and merge keys', () => {
    const text = `
apiVersion: v1
kind: List
items:
- apiVersion: clawfleet.dev/v1alpha1
  kind: Bot
  metadata: {name: a}
  spec: &base {accountRef: {name: main}, persona: tweaker}
- apiVersion: clawfleet.dev/v1alpha1
  kind: Bot
  metadata: {name: b}
  spec: {<<: *base, persona: beginner}
`;
    const specs = parseManifests(text, 'f').manifests.map((one) => one.kind === 'Bot' && one.spec);
    assert.deepEqual(specs, [
      { accountRef: { name: 'main' }, persona: 'tweaker' },
      { accountRef: { name: 'main' }, persona: 'beginner' },
    ]);
  });

  it('takes a field without a value for one left out, as Kubernetes does', () => {
    const { manifests } = parseManifests(`${good.replace('}}\n', '}, droplet: , risk: ~}\n')}`, 'f');
    const [bot] = manifests;
    assert.deepEqual(bot?.problems, []);
    assert.ok(bot?.kind === 'Bot');
    assert.deepEqual(bot.spec, { accountRef: { name: 'main' } });
  });

  it('keeps no, on and dates as text', () => {
    const text = good.replace(
      '}}\n',
      '}, displayName: no, rebootRequest: 2026-01-01, redeployRequest: on}\n',
    );
    assert.deepEqual(read(text), ['Bot/default/scout']);
  });

  it('gives an account without spec the defaults', () => {
    const [one] = parseManifests(`${head}\nkind: Account\nmetadata: {name: main}\n`, 'f').manifests;
    assert.ok(one?.kind === 'Account');
    assert.deepEqual(one.spec, {});
  });

  it('decodes a Secret; plain text wins over base64', () => {
    const text =
      'apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata: {name: s}\n' +
      'data: {a: aGk=, b: Z3LDvMOf}\nstringData: {a: plain}\n';
    const [one] = parseManifests(text, 'f').manifests;
    assert.ok(one?.kind === 'Secret');
    assert.deepEqual(one.data, { a: 'plain', b: 'grüß' });
  });
});

/** Each file with everything that is told about it. */
const badFiles: readonly (readonly [name: string, text: string, ...problems: readonly string[]])[] = [
  ['a duplicate key', `${good}kind: Bot\n`, 'f:5:1: is not valid YAML: Map keys must be unique'],
  ['an open quote', 'kind: "Bot\n', 'f:2:1: is not valid YAML: Missing closing "quote'],
  ['a tab', 'spec:\n\tx: 1\n', 'f:2:1: is not valid YAML: Tabs are not allowed as indentation'],
  [
    'an alias of nothing',
    'kind: Bot\nspec: *none\n',
    'f:2:7: is not valid YAML: Unresolved alias (the anchor must be set before the alias): none',
  ],
  ['a tag of no known type', 'kind: !bot Bot\n', 'f:1:7: is not valid YAML: Unresolved tag: !bot'],
  ['a merge of no mapping', '<<: 3\n', 'f:1:1: is not valid YAML: Merge sources must be maps or map aliases'],
  ['one scalar', 'hello\n', 'f:1:1: must be a mapping with apiVersion and kind'],
  ['a list at the root', '- kind: Bot\n', 'f:1:1: must be a mapping with apiVersion and kind'],
  ['no kind', 'resources: [a.yaml]\n', 'f:1:1: kind is required: one of Bot, Account, Secret and List'],
  ['no apiVersion', 'kind: Bot\n', 'f:1:1: apiVersion is required: clawfleet.dev/v1alpha1'],
  [
    'a misspelt kind',
    `${head}\nkind: Bto\n`,
    'f:2:1: kind must be one of Bot, Account, Secret and List (did you mean Bot?), got "Bto"',
  ],
  [
    'a kind in the plural',
    `${head}\nkind: accounts\n`,
    'f:2:1: kind must be one of Bot, Account, Secret and List (did you mean Account?), got "accounts"',
  ],
  [
    'a kustomization',
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
    'f:2:1: kind must be one of Bot, Account, Secret and List, got "Kustomization"',
  ],
  ['a kind that is a number', 'kind: 1\n', 'f:1:1: kind must be one of Bot, Account, Secret and List, got 1'],
  [
    'another version',
    'apiVersion: clawfleet.dev/v1\nkind: Bot\n',
    'f:1:1: apiVersion must be clawfleet.dev/v1alpha1 for kind Bot, got "clawfleet.dev/v1"',
  ],
  [
    'a bot of Kubernetes’ own version',
    'apiVersion: v1\nkind: Bot\n',
    'f:1:1: apiVersion must be clawfleet.dev/v1alpha1 for kind Bot, got "v1"',
  ],
  ['a list without items', 'apiVersion: v1\nkind: List\n', 'f:1:1: items must be a list'],
  [
    'a list within a list',
    'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: List, items: []}\n',
    'f:4:20: kind must not be a list within a list',
  ],
  [
    'a list of text',
    'apiVersion: v1\nkind: List\nitems: [bot]\n',
    'f:3:9: must be a mapping with apiVersion and kind',
  ],
  [
    'nothing but a kind',
    `${head}\nkind: Bot\n`,
    'f:1:1: Bot: metadata is required',
    'f:1:1: Bot: spec is required',
  ],
  ['no name', good.replace('name: scout', ''), 'f:3:1: Bot: metadata.name is required'],
  [
    'a name in upper case',
    good.replace('scout', 'Alpha'),
    'f:3:12: Bot default/Alpha: metadata.name must match ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$, got "Alpha"',
  ],
  [
    'a bot with a dot in its name',
    good.replace('scout', 'a.b'),
    'f:3:12: Bot default/a.b: metadata.name must match ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$, got "a.b"',
  ],
  [
    'a bot’s name past 63 characters',
    good.replace('scout', 'a'.repeat(64)),
    `f:3:12: Bot default/${'a'.repeat(64)}: metadata.name must have at least 1 and at most 63 characters, got "${'a'.repeat(58)}…`,
  ],
  [
    'a name that is a number',
    good.replace('scout', '7'),
    'f:3:12: Bot: metadata.name must be a string; put it in quotes, got 7',
  ],
  [
    'a namespace with a slash',
    good.replace('name: scout', 'name: scout, namespace: a/b'),
    'f:3:25: Bot a/b/scout: metadata.namespace must match ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$, got "a/b"',
  ],
  [
    'a generated name',
    good.replace('name: scout', 'generateName: scout-'),
    'f:3:1: Bot: metadata.name is required',
    'f:3:12: Bot: metadata.generateName is an unknown field; known here are name, namespace, labels, annotations',
  ],
  [
    'a label that is a number',
    good.replace('scout', 'scout, labels: {"a.b/c": 1}'),
    'f:3:34: Bot default/scout: metadata.labels["a.b/c"] must be a string; put it in quotes, got 1',
  ],
  [
    'annotations in a list',
    good.replace('scout', 'scout, annotations: [a]'),
    'f:3:25: Bot default/scout: metadata.annotations must be a mapping, got ["a"]',
  ],
  [
    'a misspelt root field',
    `${good}specs: {}\n`,
    'f:5:1: Bot default/scout: specs is an unknown field; did you mean `spec`?',
  ],
  [
    'no account',
    good.replace('accountRef: {name: main}', ''),
    'f:4:1: Bot default/scout: spec.accountRef is required',
  ],
  [
    'an account by name alone',
    good.replace('{name: main}', 'main'),
    'f:4:8: Bot default/scout: spec.accountRef must be a mapping, got "main"',
  ],
  [
    'a field with a name that means something to JavaScript',
    good.replace('spec: {', 'spec: {__proto__: {persona: tweaker}, '),
    'f:4:8: Bot default/scout: spec.__proto__ is an unknown field; known here are accountRef, displayName, persona, trading, risk, llm, droplet, bootstrap, powerState, rebootRequest, redeployRequest, registrationTokenSHA256, deletionPolicy, adopt, health',
  ],
  [
    'an account that is wrong throughout',
    account.replace('tier: pro', 'teir: pro, maxBots: 1.5, monthlyBudgetUSD: -1, tokenSecretRef: {name: ""}'),
    'f:4:8: Account team/main: spec.teir is an unknown field; did you mean `tier`?',
    'f:4:19: Account team/main: spec.maxBots must be a whole number, got 1.5',
    'f:4:33: Account team/main: spec.monthlyBudgetUSD must be at least 0, got -1',
    'f:4:55: Account team/main: spec.tokenSecretRef.key is required',
    'f:4:72: Account team/main: spec.tokenSecretRef.name must not be empty, got ""',
  ],
  [
    'a Secret that is wrong throughout',
    'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: 5}\nstringData: {b: 12345}\n',
    'f:4:8: Secret default/s: data.a must be a string; put it in quotes',
    'f:5:14: Secret default/s: stringData.b must be a string; put it in quotes',
  ],
  [
    'a Secret in plain text where base64 belongs',
    'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: sk-secret}\n',
    'f:4:8: Secret default/s: data.a must be base64; plain text goes into stringData',
  ],
];

describe('parseManifests() of bad files', () => {
  for (const [name, text, ...problems] of badFiles) {
    it(`tells of ${name}`, () => {
      assert.deepEqual(told(text), problems);
    });
  }

  it('yields no manifest of a file with a syntax error anywhere', () => {
    const { manifests, problems } = parseManifests(`${good}---\n${account}---\na: [\n`, 'f');
    assert.deepEqual(manifests, []);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.where ?? '', /^f:1[0-9]:/);
  });

  it('yields the good documents beside one whose name cannot be told', () => {
    const { manifests, problems } = parseManifests(`${good.replace('scout', 'A')}---\n${account}`, 'f');
    assert.deepEqual(
      manifests.map(({ key }) => key),
      ['team/main'],
    );
    assert.equal(problems.length, 1);
  });

  it('keeps a bot whose name is sound with its problems and without a spec', () => {
    const { manifests, problems } = parseManifests(good.replace('accountRef', 'account'), 'f');
    assert.deepEqual(problems, []);
    const [bot] = manifests;
    assert.ok(bot?.kind === 'Bot');
    assert.equal(bot.spec, undefined);
    assert.equal(bot.problems.length, 2);
  });

  it('refuses aliases that multiply without end, at once', () => {
    const level = (name: string, of: string) =>
      `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]\n`;
    const bomb = ['a: &a [x]\n', ...[...'bcdefghi'].map((name, at) => level(name, 'abcdefgh'[at] ?? 'a'))];
    const cpuMs = cpuStopwatch();
    assert.deepEqual(told(bomb.join('')), [
      'f:1:1: is not valid YAML: Excessive alias count indicates a resource exhaustion attack',
    ]);
    assert.ok(cpuMs() < 1_000 * patience);
  });

  it('survives a value that contains itself', () => {
    assert.deepEqual(told(good.replace('{accountRef', '&spec {health: *spec, accountRef')), [
      'f:4:14: Bot default/scout: spec.health.health is an unknown field; known here are heartbeatTimeoutSeconds, remediation',
      'f:4:29: Bot default/scout: spec.health.accountRef is an unknown field; known here are heartbeatTimeoutSeconds, remediation',
    ]);
  });

  it('never repeats what a Secret holds, not even where YAML breaks in it', () => {
    for (const broken of [
      'stringData:\n  key: }\n   sk-secret\n',
      'stringData: "sk-secret\n',
      'data: [sk-secret\n',
    ])
      assert.doesNotMatch(told(`apiVersion: v1\nkind: Secret\n${broken}`).join('\n'), /sk-secret/);
  });
});
