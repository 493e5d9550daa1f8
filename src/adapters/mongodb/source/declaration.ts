import { canonicalJSON } from '../../../model/canonical-json.ts';
import { apiVersion } from '../../../model/kinds.ts';
import type { Problem } from '../../../model/problem.ts';
import { readManifest } from '../../../model/read-manifest.ts';
import { type ResourceKey, resourceKey } from '../../../model/resource-key.ts';
import { problemOf, shownValue, type Violation } from '../../../model/violation.ts';
import type { DeclaredDocument } from './declared-document.ts';
import { idText, plainBSON } from './plain-bson.ts';

export type ResourceKind = 'Bot' | 'Account';

/** Everything known about what is declared under one name now. */
export type Declared =
  | {
      readonly state: 'present';
      /** Canonical JSON; undefined when it is not good. */
      readonly spec: string | undefined;
      readonly problems: readonly Problem[];
      /** Its author has set `metadata.deletionTimestamp`: it is to end, and to be removed then. */
      readonly isEnding: boolean;
    }
  /** A complete pass and a direct read found it nowhere. `wholesale`: with all others, for this reason. */
  | { readonly state: 'gone'; readonly wholesale: string | undefined };

type Present = Extract<Declared, { state: 'present' }>;

/** What a document declares, or why nobody can tell whose it is. */
export type Reading =
  | { readonly key: ResourceKey; readonly declared: Present }
  | { readonly key: undefined; readonly problem: Problem };

/** The key that an `_id` says; undefined when it says none. */
export function keyOfID(id: unknown): ResourceKey | undefined {
  const parts = typeof id === 'string' ? id.split('/') : [];
  const [namespace, name, more] = parts;
  return namespace && name && more === undefined ? resourceKey(namespace, name) : undefined;
}

/** Reads a document of the collection `place`. Its `_id` names it; metadata may say the same, or nothing of it. */
export function readDeclaration(kind: ResourceKind, document: DeclaredDocument, place: string): Reading {
  const key = keyOfID(document._id);
  if (key === undefined) return { key, problem: badID(place, document._id) };
  const [namespace = '', name = ''] = key.split('/');
  const given = fieldsOf(plainBSON(document.metadata ?? {}));
  const { deletionTimestamp, ...metadata } = given ?? {};
  const value = {
    apiVersion,
    kind,
    metadata: { ...metadata, name, namespace },
    ...(document.spec !== undefined && document.spec !== null && { spec: plainBSON(document.spec) }),
  };
  const { manifest } = readManifest(kind, { value, where: () => place });
  if (!manifest || manifest.kind === 'Secret') return { key: undefined, problem: badID(place, document._id) };
  const own = ownViolations(kind, document, { namespace, name, given });
  const problems = [...own.map((each) => problemOf(each, place, `${kind} ${key}`)), ...manifest.problems];
  const isGood = problems.length === 0 && manifest.spec !== undefined;
  const spec = isGood ? canonicalJSON(manifest.spec) : undefined;
  return {
    key,
    declared: { state: 'present', spec, problems, isEnding: (deletionTimestamp ?? null) !== null },
  };
}

/** Where a document stands, for messages. */
export function placeOf(place: string, id: unknown): string {
  return `${place}: ${idText(id)}`;
}

function badID(place: string, id: unknown): Problem {
  const rule = 'must be namespace/name, both of lower-case letters, digits and dashes';
  const value = shownValue(['_id'], typeof id === 'object' ? idText(id) : id);
  return { where: placeOf(place, id), field: '_id', rule, ...(value !== undefined && { value }) };
}

/** What can be wrong only with a document: everything else is as in a manifest. */
function ownViolations(
  kind: ResourceKind,
  document: DeclaredDocument,
  { namespace, name, given }: { namespace: string; name: string; given: object | undefined },
): Violation[] {
  const metadata: Readonly<Record<string, unknown>> = { ...given };
  const expected = [
    { path: ['kind'], value: document.kind, wanted: kind, why: ', or be left out' },
    { path: ['apiVersion'], value: document.apiVersion, wanted: apiVersion, why: ', or be left out' },
    { path: ['metadata', 'name'], value: metadata['name'], wanted: name, why: ', as _id says' },
    {
      path: ['metadata', 'namespace'],
      value: metadata['namespace'],
      wanted: namespace,
      why: ', as _id says',
    },
  ];
  const violations = expected
    .filter(({ value, wanted }) => value !== undefined && value !== null && value !== wanted)
    .map(({ path, value, wanted, why }) => violation(path, `must be ${wanted}${why}`, plainBSON(value)));
  return given ? violations : [{ path: ['metadata'], rule: 'must be an object' }, ...violations];
}

function violation(path: readonly string[], rule: string, given: unknown): Violation {
  const value = shownValue(path, given);
  return { path, rule, ...(value !== undefined && { value }) };
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
