import { UserError, usageError } from '../../config/user-error.ts';
import { type ResourceKey, resourceKey } from '../../model/resource-key.ts';
import { nearestName } from '../../model/schema/nearest-name.ts';

export type ResourceKind = 'bot' | 'account';

const kindNames: Readonly<Record<string, ResourceKind>> = {
  bot: 'bot',
  bots: 'bot',
  account: 'account',
  accounts: 'account',
};

/** `bot`, `bots`, `account` or `accounts`. */
export function parseKind(text: string): ResourceKind {
  const kind = kindNames[text.toLowerCase()];
  if (kind) return kind;
  const near = nearestName(text, Object.keys(kindNames));
  throw usageError(
    `There is no kind ${JSON.stringify(text)}.`,
    near ? `Did you mean ${near}?` : 'There are bots and accounts.',
  );
}

/** Kind and names as kubectl takes them: `bots alpha beta`, or `bot/alpha bot/beta`. */
export function parseSubject(
  first: string,
  names: readonly string[],
): { readonly kind: ResourceKind; readonly names: readonly string[] } {
  const slash = first.indexOf('/');
  if (slash < 0) return { kind: parseKind(first), names };
  return { kind: parseKind(first.slice(0, slash)), names: [first, ...names] };
}

/** `alpha`, `bot/alpha` as `get -o name` prints it, or `team-a/alpha`. */
export function parseKey(text: string, namespace: string): ResourceKey {
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.includes('')) {
    throw usageError(`${JSON.stringify(text)} is no name.`, 'Give NAME, or NAMESPACE/NAME.');
  }
  if (second === undefined) return resourceKey(namespace, first);
  return Object.hasOwn(kindNames, first) ? resourceKey(namespace, second) : resourceKey(first, second);
}

/** The record under `key`; otherwise says which name was probably meant. */
export function findRecord<T extends { readonly key: ResourceKey }>(
  kind: ResourceKind,
  key: ResourceKey,
  records: readonly T[],
): T {
  const found = records.find((record) => record.key === key);
  if (found) return found;
  const near = nearestKey(
    key,
    records.map((record) => record.key),
  );
  throw new UserError(
    `There is no ${kind} ${key}.`,
    near ? `Did you mean ${near}?` : `\`clawfleet get ${kind}s -A\` shows what there is.`,
  );
}

/** The same name elsewhere, else a like name in the same namespace. */
function nearestKey(key: ResourceKey, keys: readonly ResourceKey[]): ResourceKey | undefined {
  const [namespace, name = ''] = key.split('/');
  const elsewhere = keys.find((each) => each.endsWith(`/${name}`));
  if (elsewhere) return elsewhere;
  const beside = keys.filter((each) => each.startsWith(`${namespace}/`));
  const near = nearestName(
    name,
    beside.map((each) => each.slice(each.indexOf('/') + 1)),
  );
  return beside.find((each) => each === `${namespace}/${near}`);
}
