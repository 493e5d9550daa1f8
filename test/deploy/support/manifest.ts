import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';

export type Tree = { readonly [name: string]: unknown };

/** An object of the Kubernetes API as YAML gives it. */
export interface Manifest extends Tree {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All documents of `text`; fails on one that is not an object of the API, or that names a key twice. */
export function manifestsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    assert.deepEqual(document.errors, []);
    const value: unknown = document.toJS();
    if (value === null) return [];
    assert.ok(isManifest(value), JSON.stringify(value));
    return [value];
  });
}

function isManifest(value: unknown): value is Manifest {
  return (
    isTree(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isTree(value['metadata']) &&
    typeof value['metadata']['name'] === 'string'
  );
}

export function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** The one of this kind. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [one, ...more] = ofKind(manifests, kind);
  assert.ok(one && more.length === 0, `exactly one ${kind}, got ${more.length + (one ? 1 : 0)}`);
  return one;
}

/** What stands at `path`, through mappings and lists; undefined where it ends. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, step) => {
    if (Array.isArray(node)) return node[Number(step)];
    return isTree(node) ? node[step] : undefined;
  }, value);
}

/** The list at `path`; empty where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}
