import { nearestName } from '../schema/nearest-name.ts';
import { shownValue, type Violation } from '../schema/violation.ts';

export const group = 'clawfleet.dev';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}`;

/** What may stand in a manifest, with the apiVersion it must have. */
export const kinds = { Bot: apiVersion, Account: apiVersion, Secret: 'v1' } as const;
/** What holds several manifests in `items`, as `kubectl get -o yaml` prints them. */
const listKinds = { List: 'v1', BotList: apiVersion, AccountList: apiVersion, SecretList: 'v1' } as const;

export type Kind = keyof typeof kinds;
export type ListKind = keyof typeof listKinds;

export function isKind(value: unknown): value is Kind {
  return typeof value === 'string' && Object.hasOwn(kinds, value);
}

export function isListKind(value: unknown): value is ListKind {
  return typeof value === 'string' && Object.hasOwn(listKinds, value);
}

/** Why a document of this kind and apiVersion is none that can be read; undefined when it is one. */
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
