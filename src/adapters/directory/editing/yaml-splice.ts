import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { offsetAmongMarks } from '../../../model/manifest/yaml-documents.ts';
import { yamlText } from '../../../model/manifest/yaml-text.ts';

/** A replacement of the text, its byte order marks left out, from `from` up to `to`. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

type Path = readonly (string | number)[];

export function spliced(text: string, { from, to, text: put }: Splice): string {
  return text.slice(0, offsetAmongMarks(text, from)) + put + text.slice(offsetAmongMarks(text, to));
}

/**
 * The least change of `text` that sets what stands at `path` of `document`: a scalar in place of a scalar, or
 * a new entry at the end of the map that should hold it. Undefined where that does not do.
 */
export function smallSplice(
  text: string,
  document: Document.Parsed,
  path: Path,
  value: unknown,
): Splice | undefined {
  if (value === undefined) return removalSplice(text, document, path);
  const node = document.getIn(path, true);
  if (isScalar(node)) return scalarSplice(node, value);
  for (let depth = path.length - 1; depth >= 1; depth--) {
    const parent = document.getIn(path.slice(0, depth), true);
    if (!isMap(parent)) continue;
    if (parent.has(path[depth])) return undefined;
    return entrySplice(text, parent, nested(path.slice(depth), value));
  }
  return undefined;
}

/** Writes the contents of `document` anew with the change; comments in it stay, its layout may not. */
export function wholeSplice(document: Document.Parsed, path: Path, value: unknown): Splice | undefined {
  const { contents } = document;
  if (!isMap(contents) || !leadsThroughCollections(document, path)) return undefined;
  const [from, to] = contents.range;
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, document.createNode(value));
  // Comments before the contents are not in their range: they stay in the text by themselves.
  document.commentBefore = null;
  contents.commentBefore = null;
  const first = contents.items[0]?.key;
  if (isNode(first)) first.commentBefore = null;
  if (document.directives) document.directives.docStart = null;
  return { from, to, text: document.toString({ lineWidth: 0 }) };
}

/** Whatever there is on the way to `path` can hold more; an alias cannot. */
function leadsThroughCollections(document: Document.Parsed, path: Path): boolean {
  return path.every((_, depth) => {
    const node = document.getIn(path.slice(0, depth), true);
    return node === undefined || isCollection(node) || (isScalar(node) && node.value === null);
  });
}

/** Takes out the lines of an entry of a block map that has others. */
function removalSplice(text: string, document: Document.Parsed, path: Path): Splice | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  if (!isMap(parent) || parent.flow || parent.items.length < 2) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  const start = pair && keyStart(pair);
  const end = pair && pairEnd(text, pair);
  if (start === undefined || end === undefined) return undefined;
  const lineEnd = text.indexOf('\n', end);
  return { from: text.lastIndexOf('\n', start) + 1, to: lineEnd < 0 ? text.length : lineEnd + 1, text: '' };
}

function nested([first, ...rest]: Path, value: unknown): object {
  return { [String(first)]: rest.length === 0 ? value : nested(rest, value) };
}

function scalarSplice({ range, type }: Scalar, value: unknown): Splice | undefined {
  if (!range || typeof value === 'object' || type?.startsWith('BLOCK_')) return undefined;
  return { from: range[0], to: range[1], text: scalarText(value, type) };
}

function scalarText(value: unknown, type: Scalar['type']): string {
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(value);
  const defaultStringType = type === 'QUOTE_SINGLE' ? 'QUOTE_SINGLE' : 'PLAIN';
  return yamlText(value, { blockQuote: false, defaultStringType }).trimEnd();
}

function entrySplice(text: string, parent: YAMLMap, entry: object): Splice | undefined {
  const last = parent.items.at(-1);
  const start = last && keyStart(last);
  const end = last && pairEnd(text, last);
  if (start === undefined || end === undefined) return undefined;
  return parent.flow ? flowEntry(text, start, end, entry) : blockEntry(text, start, end, entry);
}

function blockEntry(text: string, start: number, end: number, entry: object): Splice {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const lines = yamlText(entry, { blockQuote: false }).trimEnd().split('\n');
  const lineEnd = text.indexOf('\n', end);
  const at = lineEnd < 0 ? text.length : text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  return { from: at, to: at, text: lines.map((line) => newline + ' '.repeat(column) + line).join('') };
}

/** The new entry is set off from the last one as that is from what stands before it. */
function flowEntry(text: string, start: number, end: number, entry: object): Splice {
  const [, gap = ''] = /([ \t\r\n]*)$/.exec(text.slice(0, start)) ?? [];
  const body = JSON.stringify(entry).slice(1, -1);
  const spaced = body.replace(/^("(?:[^"\\]|\\.)*"):/, '$1: ');
  return { from: end, to: end, text: `,${gap === '' ? ' ' : gap}${spaced}` };
}

function keyStart({ key }: Pair): number | undefined {
  return isScalar(key) ? key.range?.[0] : undefined;
}

/** Where the last visible character of the pair ends; comments behind it are none of the pair. */
function pairEnd(text: string, { key, value }: Pair): number | undefined {
  const range = (value as Scalar | undefined)?.range ?? (key as Scalar).range;
  return range ? range[0] + text.slice(range[0], range[1]).trimEnd().length : undefined;
}
