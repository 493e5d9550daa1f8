import { createHash } from 'node:crypto';

/** What a manifest of ours may be that has a record. */
export type ResourceKind = 'Bot' | 'Account';

/**
 * The uid of a resource: shaped like a UUID (version 8, RFC 9562) and made from nothing but its arguments, so
 * that a lost state file can be made again. `incarnation` counts the re-creations under one name, from 0.
 */
export function resourceUID(
  fleetID: string,
  kind: ResourceKind,
  namespace: string,
  name: string,
  incarnation: number,
): string {
  const identity = JSON.stringify([fleetID, kind, namespace, name, incarnation]);
  const hex = createHash('sha256').update(identity).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
