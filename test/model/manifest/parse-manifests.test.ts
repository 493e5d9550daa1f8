import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseManifests } from '../../../src/model/manifest/parse-manifests.ts';
import { problemText } from '../../../src/model/problem.ts';
import { patience } from '../../lab/patience.ts';
import { cpuStopwatch } from '../../lab/stopwatch.ts';

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
      assert.deepEqual(parseManifests(text, 'f'), { manifests: [], problems: [], warnings: [] });
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

  it('keeps dates and times as text, and words in quotes', () => {
    const text = good.replace(
      '}}\n',
      '}, displayName: "no", rebootRequest: 2026-01-01, redeployRequest: 1:30}\n',
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
  [
    'a tag of no known type',
    good.replace('name: main', 'name: !own main'),
    'f:4:21: Bot default/scout: spec.accountRef.name must have no tag; put text in quotes instead',
  ],
  ['a merge of no mapping', '<<: 3\n', 'f:1:1: is not valid YAML: Merge sources must be maps or map aliases'],
  ['one scalar', 'hello\n', 'f:1:1: must be a mapping with apiVersion and kind'],
  ['a list at the root', '- kind: Bot\n', 'f:1:1: must be a mapping with apiVersion and kind'],
  ['no kind', `${head}\n`, 'f:1:1: kind is required: one of Bot, Account, Secret and List'],
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
    'f:4:8: Bot default/scout: spec.__proto__ is an unknown field; known here are accountRef, displayName, persona, trading, risk, llm, droplet, bootstrap, powerState, rebootRequest, redeployRequest, registrationTokenSHA256, deletionPolicy, deletionProtection, adopt, health',
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

const foreign: readonly (readonly [name: string, text: string, shown: string])[] = [
  ['a Namespace', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: desk}\n', 'v1 Namespace desk'],
  [
    'a kustomization',
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
    'kustomize.config.k8s.io/v1beta1 Kustomization',
  ],
  ['a kustomization without a kind', 'resources: [a.yaml]\n', 'without apiVersion and kind'],
  ['a chart', 'apiVersion: v2\nname: fleet\nversion: 1.0.0\n', 'v2'],
  [
    'an Account of somebody else',
    'apiVersion: iam.example.com/v1\nkind: Account\nmetadata: {name: x}\nspec: {on: yes}\n',
    'iam.example.com/v1 Account x',
  ],
  ['tags of its own', 'Resources: {Role: !GetAtt role.arn}\n', 'without apiVersion and kind'],
  ['a list of another kind', 'apiVersion: v1\nkind: PodList\nitems: []\n', 'v1 PodList'],
];

describe('parseManifests() of files that were joined', () => {
  it('reads on past byte order marks, and gives the lines as an editor shows them', () => {
    const second = good.replace('scout', 'second').replace('{accountRef', '{size: 1, accountRef');
    for (const text of [
      `\uFEFF${good}---\n\uFEFF${second}`,
      `${good}\uFEFF---\n${second}`,
      `${good}---\r\n\uFEFF# Second.\n${second.replace(/^.*\n/, '')}`.replace('# Second.', head),
    ]) {
      const [one, ...others] = told(text);
      assert.match(one ?? '', /^f:9:8: Bot default\/second: spec\.size is an unknown field/);
      assert.deepEqual(others, []);
    }
  });
});

describe('parseManifests() of documents that are none of clawfleet’s', () => {
  for (const [name, text, shown] of foreign) {
    it(`passes over ${name}`, () => {
      const { manifests, problems, warnings } = parseManifests(`${text}---\n${good}`, 'f');
      assert.deepEqual([manifests.length, problems], [1, []]);
      const rule = `passed over a document that is not clawfleet’s: ${shown}`;
      assert.deepEqual(warnings.map(problemText), [`f:1:1: ${rule}`]);
    });
  }

  it('tells of all of them in one warning', () => {
    const text = [1, 2, 3, 4, 5]
      .map((n) => `apiVersion: v1\nkind: Pod\nmetadata: {name: p${n}}\n`)
      .join('---\n');
    assert.deepEqual(parseManifests(text, 'f').warnings.map(problemText), [
      'f:1:1: passed over documents that are not clawfleet’s: v1 Pod p1, v1 Pod p2, v1 Pod p3, 2 more',
    ]);
  });

  it('passes over items of a list', () => {
    const pod = '{apiVersion: v1, kind: Pod, metadata: {name: p}}';
    const bot =
      '{apiVersion: clawfleet.dev/v1alpha1, kind: Bot, metadata: {name: b}, spec: {accountRef: {name: d}}}';
    const { manifests, problems, warnings } = parseManifests(
      `apiVersion: v1\nkind: List\nitems:\n- ${pod}\n- ${bot}\n`,
      'f',
    );
    assert.deepEqual([manifests.map(({ key }) => key), problems], [['default/b'], []]);
    assert.deepEqual(
      warnings.map(({ where }) => where),
      ['f:4:3'],
    );
  });

  for (const text of [
    good.replace('clawfleet.dev/', ''),
    good.replace('clawfleet.dev', 'clawfleet.io'),
    good.replace('clawfleet.dev', 'clawflet.dev'),
    good.replace('clawfleet.dev/v1alpha1', 'apps/v1'),
    good.replace('clawfleet.dev/v1alpha1', 'apps/v1').replace('Bot', 'Robot'),
    good.replace('kind: Bot\n', ''),
    good.replace('kind: Bot', 'kind: Robot'),
    good.replace(`${head}\n`, ''),
    good.replace('apiVersion', 'apiversion'),
    'apiVersion: v1\nkind: Secrets\nmetadata: {name: s}\n',
  ]) {
    it(`is never so with what may be a bot or a Secret: ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.equal(told(text).length, 1);
      assert.deepEqual(parseManifests(text, 'f').warnings, []);
    });
  }

  it('is never so with a bot’s file cut off within its first lines, wherever that is', () => {
    const whole = `${head}\nkind: Bot\nmetadata: {name: scout}\n`;
    for (let length = 1; length < whole.length; length += 1) {
      const text = whole.slice(0, length);
      assert.deepEqual(parseManifests(text, 'f').warnings, [], text);
      assert.notEqual(told(text).length, 0, text);
    }
  });
});

/** What is told of `scalar`, the value of `field` of a bot. */
function toldOf(scalar: string, field = 'displayName'): string | undefined {
  return told(good.replace('spec: {', `spec: {${field}: ${scalar}, `))[0]?.replace(
    /^.*?: Bot default\/scout: /,
    '',
  );
}

describe('parseManifests() of what Kubernetes reads differently', () => {
  it('says what it is to Kubernetes, and what to write', () => {
    assert.equal(
      toldOf('yes'),
      'spec.displayName is true to Kubernetes and text here: write true, or put it in quotes for text, got yes',
    );
    assert.equal(
      toldOf('1_000'),
      'spec.displayName is 1000 to Kubernetes and text here: write 1000, or put it in quotes for text, got 1_000',
    );
    assert.equal(
      toldOf('{maxTradesPerDay: 010}', 'risk'),
      'spec.risk.maxTradesPerDay is 8 to Kubernetes and 10 here: write 8 or 10, got 010',
    );
    assert.equal(
      toldOf('{dropletID: 9007199254740993}', 'adopt'),
      'spec.adopt.dropletID has more digits than a number can hold: put it in quotes for text, got 9007199254740993',
    );
  });

  it('leaves to the schema what that refuses anyway', () => {
    assert.equal(toldOf('off', 'powerState'), 'spec.powerState must be one of Running, Stopped, got "off"');
    assert.equal(
      toldOf('{dropletID: .inf}', 'adopt'),
      'spec.adopt.dropletID must be a whole number, got Infinity',
    );
  });

  it('gives the place of it, also in a list', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- ${good.trimEnd().replaceAll('\n', '\n  ')}\n`;
    assert.deepEqual(told(text.replace('spec: {', 'spec: {displayName: no, ')), [
      'f:7:10: Bot default/scout: spec.displayName is false to Kubernetes and text here: write false, or put it in quotes for text, got no',
    ]);
  });

  it('never repeats a secret', () => {
    const text = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: 0123_456}\n';
    assert.deepEqual(told(text), [
      'f:4:14: Secret default/s: stringData.key means something else to Kubernetes: put it in quotes',
    ]);
  });

  it('refuses a name that is another in a cluster, and a label', () => {
    assert.match(told(good.replace('scout', 'no'))[0] ?? '', /metadata\.name is false to Kubernetes/);
    for (const label of ['on', '010', '1_0', '~', 'True', '1.23456789'])
      assert.match(
        told(good.replace('scout', `scout, labels: {${label}: a}`))[0] ?? '',
        /is another name to Kubernetes/,
      );
    for (const label of ['true', '10', '1.5', '"on"', 'a.b/c'])
      assert.deepEqual(told(good.replace('scout', `scout, labels: {${label}: a}`)), []);
  });

  it('goes by no %YAML directive', () => {
    assert.deepEqual(
      told(`%YAML 1.1\n---\n${good.replace('spec: {', 'spec: {risk: {maxTradesPerDay: 010}, ')}`),
      [
        'f:6:15: Bot default/scout: spec.risk.maxTradesPerDay is 8 to Kubernetes and 10 here: write 8 or 10, got 010',
      ],
    );
  });

  it('refuses a merge key after a field that it replaces in Kubernetes', () => {
    const merged = (risk: string) => good.replace('spec: {', `spec: {risk: ${risk}, `);
    assert.deepEqual(
      told(merged('{maxTradesPerDay: 1, <<: [{maxDailyLossPercent: 5}, {maxTradesPerDay: 2}]}')),
      [
        'f:4:35: Bot default/scout: spec.risk["<<"] must stand before maxTradesPerDay, which it replaces in Kubernetes',
      ],
    );
    assert.deepEqual(told(merged('{<<: {maxTradesPerDay: 2}, maxTradesPerDay: 1}')), []);
  });
});

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
