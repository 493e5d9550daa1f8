import { type KubeAPI, patchType } from './kube-api.ts';
import type { KubeObject } from './kube-object.ts';

/** The one field manager under which everything of ours is written. */
export const clawfleetManager = 'clawfleet';

/** What `apply` sends: identity and the complete intent, without what the server fills in. */
export interface Intent {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & Readonly<
    Record<string, unknown>
  >;
}

/**
 * Server-side apply of a complete intent: fields that an earlier apply set and this one leaves out are removed.
 * Fields of other managers are taken over. Without a `metadata.resourceVersion` it creates what is not there; with
 * one it is a compare-and-swap that fails with `conflict`. `path` names the object, or its subresource.
 */
export function apply<T extends KubeObject>(client: KubeAPI, path: string, intent: Intent): Promise<T> {
  const query = { fieldManager: clawfleetManager, force: true };
  return client.request('PATCH', path, { query, body: intent, contentType: patchType.apply });
}

/**
 * Merge patch: named fields are set, null removes one, lists are replaced whole. With `metadata.resourceVersion`
 * it is a compare-and-swap.
 */
export function mergePatch<T extends KubeObject>(client: KubeAPI, path: string, patch: object): Promise<T> {
  const query = { fieldManager: clawfleetManager };
  return client.request('PATCH', path, { query, body: patch, contentType: patchType.merge });
}

/** Replaces an object or its subresource whole; compare-and-swap on its `metadata.resourceVersion`. */
export function replace<T extends KubeObject>(client: KubeAPI, path: string, object: T): Promise<T> {
  return client.request('PUT', path, { query: { fieldManager: clawfleetManager }, body: object });
}

/** Creates in the collection `path`; `conflict` when the name is taken. */
export function create<T extends KubeObject>(client: KubeAPI, path: string, object: object): Promise<T> {
  return client.request('POST', path, { query: { fieldManager: clawfleetManager }, body: object });
}
