import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import type { FieldPath } from '../schema/field-path.ts';
import { mightBeSecret, type Violation } from '../schema/violation.ts';
import { kubernetesScalar, type ScalarValue } from './kubernetes-scalar.ts';

/** The part of a scalar that a person needs to find it. */
const longestShown = 60;

/** Tags that every reader understands alike. */
const plainTags: ReadonlySet<string | undefined> = new Set([
  undefined,
  ...['str', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
]);

/**
 * Everything in a document that Kubernetes' tools read differently from YAML 1.2: scalars such as `010` and
 * `yes`, tags, merge keys that come too late. The same manifest must not mean one thing in a directory and
 * another in a cluster.
 */
export function yamlAmbiguities(document: Document.Parsed): readonly Violation[] {
  const found: Violation[] = [];
  judge(document, document.contents, [], found);
  return found;
}

/** Aliases are left out: what they refer to is judged where it is written. */
function judge(document: Document.Parsed, node: unknown, path: FieldPath, found: Violation[]): void {
  if (!isNode(node) || isAlias(node)) return;
  if (!plainTags.has(node.tag)) {
    found.push({ path, rule: 'must have no tag; put text in quotes instead' });
  } else if (isScalar(node)) {
    const violation = scalarViolation(node, path);
    if (violation) found.push(violation);
  } else if (isSeq(node)) {
    for (const [index, entry] of node.items.entries()) judge(document, entry, [...path, index], found);
  } else if (isMap(node)) {
    judgeMap(document, node, path, found);
  }
}

function judgeMap(document: Document.Parsed, map: YAMLMap, path: FieldPath, found: Violation[]): void {
  const before = new Set<string>();
  for (const { key, value } of map.items) {
    const name = keyText(key);
    if (name === undefined) continue;
    const below = [...path, name];
    if (isMergeKey(key)) {
      const late = mergedKeys(document, value).find((merged) => before.has(merged));
      if (late !== undefined)
        found.push({ path: below, rule: `must stand before ${late}, which it replaces in Kubernetes` });
    } else {
      before.add(name);
      if (isScalar(key) && !isSameKey(key)) {
        found.push({ path: below, rule: 'is another name to Kubernetes: put it in quotes' });
      }
    }
    judge(document, value, below, found);
  }
}

function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return isMergeKey(key) ? '<<' : String(key.value);
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** The names that a merge key brings into its mapping, including those of merges within merges. */
function mergedKeys(document: Document.Parsed, value: unknown, seen = new Set<unknown>()): readonly string[] {
  const source = isAlias(value) ? value.resolve(document) : value;
  if (seen.has(source)) return [];
  seen.add(source);
  if (isSeq(source)) return source.items.flatMap((item) => mergedKeys(document, item, seen));
  if (!isMap(source)) return [];
  return source.items.flatMap((pair) =>
    isMergeKey(pair.key) ? mergedKeys(document, pair.value, seen) : (keyText(pair.key) ?? []),
  );
}

/** Kubernetes reads a key like any scalar, then writes it as text: `on` becomes `true`. */
function isSameKey(key: Scalar): boolean {
  if (key.type !== 'PLAIN' || key.source === undefined) return true;
  const meant = kubernetesScalar(key.source);
  // Go keeps 32 bits of precision here.
  if (typeof meant === 'number' && key.source.length > 7) return false;
  return meant !== null && String(meant) === key.source;
}

function scalarViolation({ type, tag, source, value }: Scalar, path: FieldPath): Violation | undefined {
  if (type !== 'PLAIN' || tag !== undefined || source === undefined) return undefined;
  const meant = kubernetesScalar(source);
  if (isSame(meant, value)) return undefined;
  if (mightBeSecret(path)) return { path, rule: 'means something else to Kubernetes: put it in quotes' };
  return { path, rule: differenceRule(meant, value), value: source.slice(0, longestShown) };
}

function isSame(meant: ScalarValue, here: unknown): boolean {
  if (typeof meant === 'bigint') return Number.isInteger(here) && BigInt(here as number) === meant;
  if (typeof meant === 'number') return Math.abs(meant) <= Number.MAX_SAFE_INTEGER && meant === here;
  return meant === here;
}

function differenceRule(meant: ScalarValue, here: unknown): string {
  const isNumber = typeof meant === 'bigint' || typeof meant === 'number';
  if (typeof meant === 'number' && !Number.isFinite(meant))
    return 'is a number that JSON cannot hold: write a finite one, or put it in quotes for text';
  if (typeof meant === 'string')
    return 'is text to Kubernetes and a number here: put it in quotes for text, or write a number of at most 15 digits';
  if (isNumber && typeof here === 'number') {
    return Number(meant) === here
      ? 'has more digits than a number can hold: put it in quotes for text'
      : `is ${meant} to Kubernetes and ${here} here: write ${meant} or ${here}`;
  }
  return `is ${meant} to Kubernetes and text here: write ${meant}, or put it in quotes for text`;
}
