import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import type { FieldPath } from '../schema/field-path.ts';

interface Child {
  readonly offset: number;
  readonly node: unknown;
}

/** Offset in the text of what stands at `path` (its key, where it has one), or of the nearest thing around it. */
export function yamlOffset(document: Document.Parsed, path: FieldPath): number {
  let found: Child = { offset: document.contents?.range[0] ?? document.range[0], node: document.contents };
  for (const step of path) {
    const next = childOf(resolved(document, found.node), step);
    if (!next) break;
    found = { offset: next.offset, node: next.node };
  }
  return found.offset;
}

/** The node an alias stands for. */
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
