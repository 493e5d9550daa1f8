import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml';
import type { Problem } from '../problem.ts';
import type { FieldPath } from '../schema/field-path.ts';
import type { Violation } from '../schema/violation.ts';
import { yamlAmbiguities } from './yaml-ambiguities.ts';

/** One document of a file, as plain data. */
export interface YamlDocument {
  readonly value: unknown;
  /** `file:line:column` of what is at `path`, or of the nearest thing around it that the text has. */
  readonly where: (path: FieldPath) => string;
  /** What Kubernetes reads differently; absent if nothing can be. */
  readonly ambiguities?: readonly Violation[];
}

/**
 * Most expansions of one alias, nested ones multiplied: more than anyone writes, far fewer than exhaust
 * memory.
 */
const mostExpansions = 1000;

type Place = (offset: number) => string;

/**
 * The documents of `text` (YAML 1.2, merge keys allowed) except empty ones; none if it has an error anywhere.
 */
export function yamlDocuments(
  text: string,
  file: string,
): { readonly documents: readonly YamlDocument[]; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const place: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const documents: YamlDocument[] = [];
  const problems: Problem[] = [];
  for (const parsed of parseYaml(text, lines)) {
    problems.push(...parsed.errors.map((fault) => syntaxProblem(place(fault.pos[0]), faultText(fault))));
    if (parsed.errors.length > 0 || isEmpty(parsed)) continue;
    try {
      documents.push(plainDocument(parsed, place));
    } catch (error) {
      problems.push(syntaxProblem(place(unknownAlias(parsed)), error instanceof Error ? error.message : ''));
    }
  }
  return problems.length > 0 ? { documents: [], problems } : { documents, problems };
}

/** The documents of `text` as manifests are read: YAML 1.2, merge keys allowed, byte order marks left out. */
export function parseYaml(text: string, lineCounter?: LineCounter): readonly Document.Parsed[] {
  return parseAllDocuments(withoutByteOrderMarks(text), {
    ...(lineCounter && { lineCounter }),
    // Regardless of any %YAML directive.
    schema: 'core',
    merge: true,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  });
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function plainDocument(parsed: Document.Parsed, place: Place): YamlDocument {
  return {
    value: parsed.toJS({ maxAliasCount: mostExpansions }),
    where: (path) => place(yamlOffset(parsed, path)),
    ambiguities: yamlAmbiguities(parsed),
  };
}

function syntaxProblem(where: string, message: string): Problem {
  return { where, field: '', rule: `is not valid YAML: ${message}` };
}

/** The parser quotes what it could not read; in a Secret, that may be the secret. */
function faultText(fault: YAMLError): string {
  return fault.message.replace(/: ".*$/s, '');
}

/** Offset of the first alias without an anchor before it; the document's start if there is none. */
function unknownAlias(parsed: Document.Parsed): number {
  const anchors = new Set<string>();
  let offset: number | undefined;
  visit(parsed, {
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias: (_, alias) => {
      if (anchors.has(alias.source)) return undefined;
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset ?? parsed.contents?.range[0] ?? parsed.range[0];
}

/**
 * At the start of a line, where it ends up when files with such a mark are joined. No text of a manifest
 * begins with it.
 */
const mark = /^\uFEFF/gm;

/** `text` without the byte order marks at the start of it and of its lines. */
export function withoutByteOrderMarks(text: string): string {
  return text.replaceAll(mark, '');
}

/** The offset in `text` of what is at `offset` of it once its byte order marks are removed. */
export function offsetAmongMarks(text: string, offset: number): number {
  const places = [...text.matchAll(mark)].map(({ index }, before) => index - before);
  return offset + places.filter((place) => place <= offset).length;
}

interface Child {
  readonly offset: number;
  readonly node: unknown;
}

/** Offset in the text of what is at `path` (its key, if it has one), or of the nearest thing around it. */
function yamlOffset(document: Document.Parsed, path: FieldPath): number {
  let found: Child = { offset: document.contents?.range[0] ?? document.range[0], node: document.contents };
  for (const step of path) {
    const next = childOf(resolved(document, found.node), step);
    if (!next) break;
    found = { offset: next.offset, node: next.node };
  }
  return found.offset;
}

/** The node that an alias refers to. */
function resolved(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function childOf(node: unknown, step: string | number): Child | undefined {
  if (isSeq(node)) {
    const entry = typeof step === 'number' ? node.items[step] : undefined;
    return isNode(entry) ? childAt(entry, entry) : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair && isNode(pair.key) ? childAt(pair.key, pair.value) : undefined;
}

function childAt({ range }: Node, node: unknown): Child | undefined {
  return range ? { offset: range[0], node } : undefined;
}
