/** Where a resource lives in its source: `namespace/name`. Not an identity: that is the uid. */
export type ResourceKey = `${string}/${string}`;

export function resourceKey(namespace: string, name: string): ResourceKey {
  return `${namespace}/${name}`;
}
