import { badBots } from '../../model/bad-bots.ts';
import { inServersWords, undeclared } from './servers-words.ts';

/** A manifest that the API server must refuse, naming a field and the rule that it breaks. */
export interface BadManifest {
  readonly name: string;
  readonly kind: 'Account' | 'Bot';
  /** `metadata.name`, where it is what is wrong. */
  readonly objectName?: string;
  /** YAML to stand after `spec:`; undefined: no spec at all. */
  readonly spec?: string;
  /** What the answer must say; one of them is enough, for the server may stop at the first. */
  readonly told: readonly { readonly field: string; readonly rule: RegExp }[];
}

const bot = (name: string, spec: string | undefined, field: string, rule: RegExp): BadManifest => ({
  name,
  kind: 'Bot',
  ...(spec === undefined ? {} : { spec }),
  told: [{ field, rule }],
});

const account = (name: string, spec: string, field: string, rule: RegExp): BadManifest => ({
  name,
  kind: 'Account',
  spec,
  told: [{ field, rule }],
});

const named = (kind: 'Account' | 'Bot', name: string, objectName: string, rule: RegExp): BadManifest => ({
  name,
  kind,
  objectName,
  spec: kind === 'Bot' ? '{accountRef: {name: main}}' : '{}',
  told: [{ field: 'metadata.name', rule }],
});

/** Not bad to kubectl: it reads YAML 1.1, where `yes` is true, and JSON has no NaN to send. */
const readOtherwise: ReadonlySet<string> = new Set(['a yes that is text', 'no number at all']);

const ofTheModel: readonly BadManifest[] = badBots
  .filter(({ name }) => !readOtherwise.has(name))
  .map(({ name, spec, problems }) => ({
    name,
    kind: 'Bot',
    spec: `\n  accountRef: {name: main}\n${spec.replace(/^/gm, '  ')}`,
    told: problems.map(fromProblem),
  }));

export const badManifests: readonly BadManifest[] = [
  ...ofTheModel,
  bot('a bot of no account', '{persona: beginner}', 'spec.accountRef', /Required value/),
  bot('a bot without spec', undefined, 'spec', /Required value/),
  bot('an account without name', '{accountRef: {}}', 'spec.accountRef.name', /Required value/),
  bot(
    'an account in capitals',
    '{accountRef: {name: Main}}',
    'spec.accountRef.name',
    /should match '\^\[a-z0-9]/,
  ),
  bot(
    'an account of another namespace',
    '{accountRef: {name: main, namespace: other}}',
    'namespace',
    undeclared,
  ),
  named('Bot', 'a bot’s name past 63 characters', 'b'.repeat(64), /may not be more than 63|at most 63/),
  named('Bot', 'a bot’s name with a dot', 'al.pha', /should match/),
  account('an unknown tier', '{tier: gold}', 'spec.tier', /supported values: "free", "basic", "pro"/),
  account('fewer bots than none', '{maxBots: -1}', 'spec.maxBots', /greater than or equal to 0/),
  account('more bots than 100,000', '{maxBots: 100001}', 'spec.maxBots', /less than or equal to 100000/),
  account('half a bot', '{maxBots: 1.5}', 'spec.maxBots', /of type integer/),
  account('a number of bots in quotes', '{maxBots: "4"}', 'spec.maxBots', /expected numeric/),
  account(
    'a negative budget',
    '{monthlyBudgetUSD: -1}',
    'spec.monthlyBudgetUSD',
    /greater than or equal to 0/,
  ),
  account(
    'a budget with its currency',
    '{monthlyBudgetUSD: $30}',
    'spec.monthlyBudgetUSD',
    /expected numeric/,
  ),
  account('a budget misspelt', '{monthlyBudgetUsd: 30}', 'spec.monthlyBudgetUsd', undeclared),
  account('a token in the open', '{token: dop_v1_x}', 'spec.token', undeclared),
  account(
    'a token’s Secret without key',
    '{tokenSecretRef: {name: a}}',
    'spec.tokenSecretRef.key',
    /Required value/,
  ),
  account(
    'a token’s Secret by path',
    '{tokenSecretRef: {name: b/a, key: k}}',
    'spec.tokenSecretRef.name',
    /should match/,
  ),
  account('a list for a spec', '[]', 'spec', /expected map/),
];

/** `line:column field rule, got value`, as our own validation tells it, in the words of the API server. */
function fromProblem(problem: string): BadManifest['told'][number] {
  const [, field = '', rule = ''] = /^\S+ (\S+) (.*)$/.exec(problem) ?? [];
  return { field, rule: inServersWords(rule.replace(/, got .*$/, '')) };
}

/** The manifest as YAML, under the name `bad-<index>` unless it has its own. */
export function yamlOf({ kind, objectName, spec }: BadManifest, index: number): string {
  const lines = [
    'apiVersion: clawfleet.dev/v1alpha1',
    `kind: ${kind}`,
    `metadata: {name: ${objectName ?? `bad-${index}`}}`,
    ...(spec === undefined ? [] : [`spec: ${spec}`]),
  ];
  return `${lines.join('\n')}\n`;
}
