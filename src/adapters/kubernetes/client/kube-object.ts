import { type ResourceKey, resourceKey } from '../../../model/resource-key.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** An entry of `metadata.managedFields`: who set which fields last, and how. */
export interface FieldsEntry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** `metadata` of an object as the API server sends it; times are RFC 3339 in seconds. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent on what belongs to no namespace. */
  readonly namespace?: string;
  readonly uid: string;
  /** A decimal number that rises with every write of the store; compare with `compareVersions`. */
  readonly resourceVersion: string;
  /** Rises with every change of the spec; absent on kinds without one, such as Secrets. */
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly FieldsEntry[];
}

/** What every object of the API has. Those from a Reflector carry no `managedFields`. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** `namespace/name`; the namespace is empty for what belongs to none. */
export function keyOf({ metadata }: KubeObject): ResourceKey {
  return resourceKey(metadata.namespace ?? '', metadata.name);
}

/**
 * Order of two resource versions: negative when `a` is older. Both are decimal numbers of any length (comparable
 * by the API's own promise since Kubernetes 1.35, by practice before); the empty version is older than all.
 */
export function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 3339 with exactly six digits, the only form that a MicroTime field takes. `at`: epoch ms, fractions allowed. */
export function microTime(at: number): string {
  const micros = Math.round(at * 1000);
  const rest = ((micros % 1000) + 1000) % 1000;
  const stamp = new Date((micros - rest) / 1000).toISOString();
  return `${stamp.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
