import { accountManifestSchema, botManifestSchema } from '../../../../model/check/checked-schemas.ts';
import { apiVersion } from '../../../../model/manifest/kinds.ts';
import { readManifest } from '../../../../model/manifest/read-manifest.ts';
import type { Problem } from '../../../../model/problem.ts';
import { type ResourceKey, resourceKey } from '../../../../model/resource-key.ts';
import type { SchemaNode } from '../../../../model/schema/schema-node.ts';
import { problemOf, shownValue, type Violation } from '../../../../model/schema/violation.ts';
import { canonicalJSON } from '../../../../model/sharing/canonical-json.ts';
import { idText, isDocument } from './bson-text.ts';
import type { DeclaredDocument } from './declared-document.ts';
import { readValues, shownBSON } from './read-values.ts';

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

const schemas = { Bot: botManifestSchema, Account: accountManifestSchema } as unknown as Readonly<
  Record<ResourceKind, SchemaNode>
>;

/** Reads a document of the collection `place`. Its `_id` names it; metadata may say the same, or nothing of it. */
export function readDeclaration(kind: ResourceKind, document: DeclaredDocument, place: string): Reading {
  const key = keyOfID(document._id);
  if (key === undefined) return { key, problem: badID(place, document) };
  const [namespace = '', name = ''] = key.split('/');
  const given = { metadata: document.metadata ?? {}, spec: document.spec ?? undefined };
  const { value, refusals } = readValues(schemas[kind], given);
  const { metadata, spec } = value as Readonly<Record<'metadata' | 'spec', unknown>>;
  const fields = isDocument(metadata) ? metadata : undefined;
  const { deletionTimestamp: _, ...declared } = fields ?? {};
  const whole = {
    apiVersion,
    kind,
    metadata: { ...declared, name, namespace },
    ...(spec !== undefined && { spec }),
  };
  const { manifest } = readManifest(kind, { value: whole, where: () => place });
  if (!manifest || manifest.kind === 'Secret') return { key: undefined, problem: badID(place, document) };
  const asProblem = (each: Violation) => problemOf(each, place, `${kind} ${key}`);
  const own = ownViolations(kind, document, { namespace, name, fields }).map(asProblem);
  const problems = withRefusals(refusals.map(asProblem), [...own, ...manifest.problems]);
  const isGood = problems.length === 0 && manifest.spec !== undefined;
  const good = isGood ? canonicalJSON(manifest.spec) : undefined;
  return { key, declared: { state: 'present', spec: good, problems, isEnding: isEnding(document) } };
}

/** What was refused is absent from the rest, which says nothing new of it. */
function withRefusals(refusals: readonly Problem[], others: readonly Problem[]): readonly Problem[] {
  const refused = new Set(refusals.map(({ field }) => field));
  return [...refusals, ...others.filter(({ field }) => !refused.has(field))];
}

function isEnding({ metadata }: DeclaredDocument): boolean {
  return isDocument(metadata) && (metadata['deletionTimestamp'] ?? null) !== null;
}

/** Where a document stands, for messages. */
export function documentLocation(place: string, id: unknown): string {
  return `${place}: ${idText(id)}`;
}

/** Nobody can change an `_id`: the document has to be inserted under another one. */
function badID(place: string, document: DeclaredDocument): Problem {
  const { _id: id } = document;
  const meant = meantID(document);
  const instead = meant === undefined ? '' : `; insert it again with _id ${JSON.stringify(meant)}`;
  const rule = `must be the text namespace/name, both of lower-case letters, digits and dashes${instead}`;
  const value = typeof id === 'string' ? JSON.stringify(id) : idText(id);
  return { where: documentLocation(place, id), field: '_id', rule, value };
}

/** The `_id` of which a document speaks by other fields, as one with an `_id` of its driver's making does. */
function meantID({ _id: id, metadata, namespace, name }: DeclaredDocument): string | undefined {
  if (typeof id === 'string') return undefined;
  const given: Readonly<Record<string, unknown>> = isDocument(metadata) ? metadata : {};
  const own = given['name'] ?? name;
  const meant = `${given['namespace'] ?? namespace ?? 'default'}/${own}`;
  return typeof own === 'string' ? keyOfID(meant) : undefined;
}

/** What can be wrong only with a document: everything else is as in a manifest. */
function ownViolations(
  kind: ResourceKind,
  document: DeclaredDocument,
  {
    namespace,
    name,
    fields,
  }: {
    readonly namespace: string;
    readonly name: string;
    /** Of its metadata; undefined where that is no object. */
    readonly fields: Readonly<Record<string, unknown>> | undefined;
  },
): readonly Violation[] {
  const { name: ownName, namespace: ownNamespace } = fields ?? {};
  const expected = [
    { path: ['kind'], value: document.kind, wanted: kind, why: ', or be left out' },
    { path: ['apiVersion'], value: document.apiVersion, wanted: apiVersion, why: ', or be left out' },
    { path: ['metadata', 'name'], value: ownName, wanted: name, why: ', as _id says' },
    { path: ['metadata', 'namespace'], value: ownNamespace, wanted: namespace, why: ', as _id says' },
  ];
  const violations = expected
    .filter(({ value, wanted }) => value !== undefined && value !== null && value !== wanted)
    .map(({ path, value, wanted, why }) => violation(path, `must be ${wanted}${why}`, value));
  return fields ? violations : [{ path: ['metadata'], rule: 'must be an object' }, ...violations];
}

function violation(path: readonly string[], rule: string, given: unknown): Violation {
  const value = shownBSON(path, given) ?? shownValue(path, given);
  return { path, rule, ...(value !== undefined && { value }) };
}
