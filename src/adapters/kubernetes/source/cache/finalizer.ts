import type { ObjectMeta } from '../../client/kube-object.ts';

/** Keeps a Bot until its droplet is gone, or released. */
export const finalizer = 'clawfleet.dev/droplet';

export function isHeld({ finalizers }: ObjectMeta): boolean {
  return finalizers?.includes(finalizer) ?? false;
}

/**
 * Merge patch that adds the finalizer, and annotations if there are any, to exactly the version `meta` is of; 409 when
 * it has moved on.
 */
export function finalizerPatch(
  { uid, resourceVersion, finalizers = [] }: ObjectMeta,
  annotations: ObjectMeta['annotations'],
): object {
  const held = { uid, resourceVersion, finalizers: [...finalizers, finalizer] };
  return { metadata: annotations ? { ...held, annotations } : held };
}

/** Merge patch that removes the finalizer, and no other, from exactly the version `meta` is of. */
export function releasePatch({ uid, resourceVersion, finalizers = [] }: ObjectMeta): object {
  return { metadata: { uid, resourceVersion, finalizers: finalizers.filter((each) => each !== finalizer) } };
}
