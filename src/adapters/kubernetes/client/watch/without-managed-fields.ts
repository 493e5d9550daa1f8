import type { KubeObject } from '../kube-object.ts';

/** The object without `metadata.managedFields`: copied, for a deleted property makes an object slow and large. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!('managedFields' in object.metadata)) return object;
  const { managedFields, ...metadata } = object.metadata as T['metadata'] & { managedFields: unknown };
  void managedFields;
  return { ...object, metadata };
}
