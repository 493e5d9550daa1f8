import { isDeepStrictEqual } from 'node:util';
import { type Document, Lexer } from 'yaml';
import { parseYaml, withoutByteOrderMarks } from '../../../model/manifest/yaml-documents.ts';
import type { FieldEdit } from '../../../ports/source-reader.ts';
import { refusal } from '../state/store-error.ts';
import { type Splice, smallSplice, spliced, wholeSplice } from './yaml-splice.ts';

/** Which manifest of a file is meant. */
export interface ManifestName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface Found {
  readonly document: Document.Parsed;
  readonly number: number;
  /** Where in the document the manifest is: at its root, or among a List's items. */
  readonly prefix: readonly (string | number)[];
}

/**
 * The text of a file with fields of one manifest set, or removed where the value is undefined; everything
 * else stays byte for byte, comments included. Refuses what cannot be done so; `where` names the file.
 */
export function editManifest(
  text: string,
  manifest: ManifestName,
  edits: readonly FieldEdit[],
  where: string,
): string {
  return edits.reduce((edited, edit) => editField(edited, manifest, edit, where), text);
}

function editField(text: string, manifest: ManifestName, { path, value }: FieldEdit, where: string): string {
  const found = find(text, manifest);
  if (!found) throw refusal('NotFound', `${manifest.kind} ${manifest.name} is not found in ${where}`);
  const whole = [...found.prefix, ...path];
  if (isDeepStrictEqual(valueAt(found.document.toJS(), whole), value)) return text;
  const plain = withoutByteOrderMarks(text);
  const attempts: (() => Splice | undefined)[] = [
    () => smallSplice(plain, found.document, whole, value),
    () => wholeSplice(found.document, whole, value),
  ];
  const expected = expectedValues(text, found, whole, value);
  for (const attempt of attempts) {
    const splice = attempt();
    const edited = splice && spliced(text, splice);
    if (edited !== undefined && isAsExpected(edited, text, expected)) return edited;
  }
  throw refusal(
    'NotEditable',
    `${path.join('.')} cannot be set in ${where} without changing more than that: edit the file by hand`,
  );
}

function find(text: string, { kind, namespace, name }: ManifestName): Found | undefined {
  const isMeant = (value: unknown) =>
    valueAt(value, ['kind']) === kind &&
    valueAt(value, ['metadata', 'name']) === name &&
    (valueAt(value, ['metadata', 'namespace']) ?? 'default') === namespace;
  for (const [number, document] of parseYaml(text).entries()) {
    const value: unknown = document.toJS();
    if (isMeant(value)) return { document, number, prefix: [] };
    const items = valueAt(value, ['items']);
    const index = Array.isArray(items) ? items.findIndex(isMeant) : -1;
    if (index >= 0) return { document, number, prefix: ['items', index] };
  }
  return undefined;
}

/** What the documents must be after the edit. */
function expectedValues(
  text: string,
  found: Found,
  path: readonly (string | number)[],
  value: unknown,
): unknown[] {
  return parseYaml(text).map((document, number) => {
    const before: unknown = document.toJS();
    return number === found.number ? withValueAt(before, path, value) : before;
  });
}

/** The edit did what was wanted, nothing else, and lost no comment. */
function isAsExpected(edited: string, text: string, expected: readonly unknown[]): boolean {
  const documents = parseYaml(edited);
  return (
    documents.every(({ errors }) => errors.length === 0) &&
    isDeepStrictEqual(
      documents.map((document) => document.toJS() as unknown),
      expected,
    ) &&
    isDeepStrictEqual(comments(edited), comments(text))
  );
}

function comments(text: string): string[] {
  return [...new Lexer().lex(withoutByteOrderMarks(text))]
    .filter((lexeme) => lexeme.startsWith('#'))
    .map((one) => one.trimEnd());
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}

function withValueAt(value: unknown, [step, ...rest]: readonly (string | number)[], put: unknown): unknown {
  if (step === undefined) return put;
  if (Array.isArray(value)) {
    return value.map((inner, index) => (index === step ? withValueAt(inner, rest, put) : inner));
  }
  const { [step]: inner, ...others } = (value ?? {}) as Record<string | number, unknown>;
  const next = withValueAt(inner, rest, put);
  return next === undefined ? others : { ...others, [step]: next };
}
