import { isKind, isListKind, kindViolation } from './kinds.ts';
import type { Manifest } from './manifest.ts';
import type { Problem } from './problem.ts';
import { type ReadManifest, readManifest } from './read-manifest.ts';
import { problemOf, type Violation } from './violation.ts';
import { type YamlDocument, yamlDocuments } from './yaml-documents.ts';

/** What a file declares, and what is wrong with it beyond any single resource. */
export interface ParsedManifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the manifests in `text`, the content of `file`: one or several documents, and lists of kind List.
 * A file with a syntax error anywhere yields no manifest at all. `problems` are those of the file: of syntax,
 * and of documents whose kind, name or namespace cannot be told; all others are with their manifest.
 */
export function parseManifests(text: string, file: string): ParsedManifests {
  const { documents, problems } = yamlDocuments(text, file);
  const read = documents.flatMap(readDocument);
  return {
    manifests: read.flatMap(({ manifest }) => (manifest ? [manifest] : [])),
    problems: [...problems, ...read.flatMap((one) => one.problems)],
  };
}

function readDocument(document: YamlDocument): readonly ReadManifest[] {
  const { value } = document;
  return isMapping(value) && isListKind(value['kind']) ? readList(document, value) : [readSingle(document)];
}

function readList(document: YamlDocument, list: Mapping): readonly ReadManifest[] {
  const violation = kindViolation(list);
  if (violation) return [refuse(document, violation)];
  const { items } = list;
  if (!Array.isArray(items)) return [refuse(document, { path: ['items'], rule: 'must be a list' })];
  return items.map((value: unknown, index) =>
    readSingle({ value, where: (path) => document.where(['items', index, ...path]) }),
  );
}

function readSingle(document: YamlDocument): ReadManifest {
  const { value } = document;
  if (!isMapping(value))
    return refuse(document, { path: [], rule: 'must be a mapping with apiVersion and kind' });
  const violation = kindViolation(value);
  if (violation) return refuse(document, violation);
  const { kind } = value;
  if (!isKind(kind)) return refuse(document, { path: ['kind'], rule: 'must not be a list within a list' });
  return readManifest(kind, document);
}

function refuse(document: YamlDocument, violation: Violation): ReadManifest {
  return { manifest: undefined, problems: [problemOf(violation, document.where(violation.path))] };
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
