import { valueAt } from '../schema/field-path.ts';
import { nearestName } from '../schema/nearest-name.ts';
import { shownValue, type Violation } from '../schema/violation.ts';

export const group = 'clawfleet.dev';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}`;

/** The kinds that a manifest may have, with the apiVersion of each. */
export const kinds = { Bot: apiVersion, Account: apiVersion, Secret: 'v1' } as const;
/** Kinds that hold several manifests in `items`, as `kubectl get -o yaml` prints them. */
const listKinds = { List: 'v1', BotList: apiVersion, AccountList: apiVersion, SecretList: 'v1' } as const;

export type Kind = keyof typeof kinds;
type ListKind = keyof typeof listKinds;

export function isKind(value: unknown): value is Kind {
  return typeof value === 'string' && Object.hasOwn(kinds, value);
}

export function isListKind(value: unknown): value is ListKind {
  return typeof value === 'string' && Object.hasOwn(listKinds, value);
}

/** Why a document of this kind and apiVersion cannot be read; undefined if it can. */
export function kindViolation(document: Readonly<Record<string, unknown>>): Violation | undefined {
  const { kind, apiVersion: given } = document;
  const known: Readonly<Record<string, string>> = { ...kinds, ...listKinds };
  if (kind === undefined || kind === null) return { path: ['kind'], rule: `is required: ${oneOf}` };
  if (!isKind(kind) && !isListKind(kind)) return unknownKind(kind);
  if (given === known[kind]) return undefined;
  if (given === undefined || given === null)
    return { path: ['apiVersion'], rule: `is required: ${known[kind]}` };
  return refused('apiVersion', given, `must be ${known[kind]} for kind ${kind}`);
}

const oneOf = `one of ${Object.keys(kinds).join(', ')} and List`;

function unknownKind(kind: unknown): Violation {
  const near = typeof kind === 'string' ? nearestName(kind, [...Object.keys(kinds), 'List']) : undefined;
  return refused('kind', kind, `must be ${oneOf}${near ? ` (did you mean ${near}?)` : ''}`);
}

function refused(field: string, given: unknown, rule: string): Violation {
  const value = shownValue([field], given);
  return { path: [field], rule, ...(value === undefined ? {} : { value }) };
}

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Whether a document is not clawfleet's, so that it may be among bots: a Namespace, a kustomization, a
 * chart's values. Anything that may have been meant as a bot is not foreign, down to a file cut off within
 * its first words: skipping a misspelt bot would delete it.
 */
export function isForeign(document: Mapping): boolean {
  const { apiVersion, kind } = document;
  if (valueAt(document, ['spec', 'accountRef']) !== undefined) return false;
  if (!Object.hasOwn(document, 'apiVersion')) return !resemblesKind(kind) && !hasBody(document);
  if (typeof apiVersion !== 'string') return false;
  const [given, version] = apiVersion.split('/');
  if (resembles(given, [group])) return false;
  if (!Object.hasOwn(document, 'kind')) return !hasBody(document);
  if (typeof kind !== 'string') return false;
  // Without a group, it is one of Kubernetes' own kinds, or ours with the group forgotten.
  return version !== undefined || !resemblesKind(kind);
}

function resemblesKind(kind: unknown): boolean {
  // A PodList resembles a BotList but is not one.
  return isListKind(kind) || resembles(kind, [...Object.keys(kinds), 'List']);
}

function resembles(given: unknown, known: readonly string[]): boolean {
  if (given === undefined) return false;
  if (typeof given !== 'string') return true;
  return known.some((name) => name.startsWith(given)) || nearestName(given, known) !== undefined;
}

function hasBody(document: Mapping): boolean {
  return ['metadata', 'spec', 'items'].some((field) => Object.hasOwn(document, field));
}
