import type { Problem } from '../problem.ts';
import type { FieldPath } from '../schema/field-path.ts';
import { problemOf, type Violation } from '../schema/violation.ts';
import { isForeign, isKind, isListKind, kindViolation } from './kinds.ts';
import { type Manifest, type ReadManifest, readManifest } from './read-manifest.ts';
import { type YamlDocument, yamlDocuments } from './yaml-documents.ts';

/** What a file declares, and what is wrong with it beyond any single resource. */
export interface ParsedManifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
  /** What was skipped; logged once for the file. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads the manifests in `text`, the content of `file`: one or several documents, and lists of kind List. A
 * file with a syntax error anywhere yields no manifest at all. `problems` are those of the file: of syntax,
 * and of documents whose kind, name or namespace is unknown; all others are with their manifest. Documents
 * that are not clawfleet's are skipped.
 */
export function parseManifests(text: string, file: string): ParsedManifests {
  const { documents, problems } = yamlDocuments(text, file);
  const all = documents.flatMap(unlisted);
  const foreign = all.filter(({ value }) => isMapping(value) && isForeign(value));
  const read = all.filter((document) => !foreign.includes(document)).map(readSingle);
  return {
    manifests: read.flatMap(({ manifest }) => (manifest ? [manifest] : [])),
    problems: [...problems, ...read.flatMap((one) => one.problems)],
    warnings: foreignWarning(foreign),
  };
}

/** The document itself, or the items of a list. */
function unlisted(document: YamlDocument): readonly YamlDocument[] {
  const { value } = document;
  if (!isMapping(value) || kindViolation(value) || !isListKind(value['kind'])) return [document];
  const { items } = value;
  return Array.isArray(items)
    ? items.map((item: unknown, index) => itemOf(document, item, index))
    : [document];
}

function itemOf({ where, ambiguities = [] }: YamlDocument, value: unknown, index: number): YamlDocument {
  const prefix = ['items', index];
  return {
    value,
    where: (path) => where([...prefix, ...path]),
    ambiguities: ambiguities.flatMap((one) =>
      isBelow(one.path, prefix) ? [{ ...one, path: one.path.slice(2) }] : [],
    ),
  };
}

function isBelow(path: FieldPath, prefix: FieldPath): boolean {
  return prefix.every((step, index) => path[index] === step);
}

const mostNamed = 3;

function foreignWarning(foreign: readonly YamlDocument[]): Problem[] {
  const [first] = foreign;
  if (!first) return [];
  const named = foreign.slice(0, mostNamed).map(({ value }) => nameOf(value as Mapping));
  const more = foreign.length - named.length;
  const list = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const what = foreign.length === 1 ? 'a document that is' : 'documents that are';
  return [{ where: first.where([]), field: '', rule: `passed over ${what} not clawfleet’s: ${list}` }];
}

/** Cut, since what is not ours may be anything. */
function nameOf({ apiVersion, kind, metadata }: Mapping): string {
  const name = isMapping(metadata) ? metadata['name'] : undefined;
  const words = [apiVersion, kind, name].filter((word) => typeof word === 'string');
  return words.length === 0
    ? 'without apiVersion and kind'
    : words.map((word) => word.slice(0, 64)).join(' ');
}

function readSingle(document: YamlDocument): ReadManifest {
  const { value } = document;
  if (!isMapping(value))
    return refuse(document, { path: [], rule: 'must be a mapping with apiVersion and kind' });
  const violation = kindViolation(value);
  if (violation) return refuse(document, violation);
  const { kind } = value;
  if (!isKind(kind)) return refuse(document, listViolation(value));
  return readManifest(kind, document);
}

function listViolation({ items }: Mapping): Violation {
  return Array.isArray(items)
    ? { path: ['kind'], rule: 'must not be a list within a list' }
    : { path: ['items'], rule: 'must be a list' };
}

function refuse(document: YamlDocument, violation: Violation): ReadManifest {
  return { manifest: undefined, problems: [problemOf(violation, document.where(violation.path))] };
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
