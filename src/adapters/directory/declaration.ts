import { createHash } from 'node:crypto';
import type { Problem } from '../../model/problem.ts';
import type { ResourceKey } from '../../model/resource-key.ts';

/** One Bot or Account as a file declares it. */
export interface Declaration {
  readonly kind: ResourceKind;
  readonly key: ResourceKey;
  readonly namespace: string;
  readonly name: string;
  /** File, line and column. */
  readonly where: string;
  /** Canonical JSON; undefined when it is not good. */
  readonly spec: string | undefined;
  readonly problems: readonly Problem[];
}

/** Kind and key in one text: what a file declares is told apart by it. */
export type DeclarationID = `${ResourceKind} ${ResourceKey}`;

export function declarationID(kind: ResourceKind, key: ResourceKey): DeclarationID {
  return `${kind} ${key}`;
}

export function partsOf(id: DeclarationID): Pick<Declaration, 'kind' | 'key' | 'namespace' | 'name'> {
  const [kind, key] = id.split(' ') as [ResourceKind, ResourceKey];
  const [namespace, name] = key.split('/') as [string, string];
  return { kind, key, namespace, name };
}

/** Everything known about what is declared under one name now. */
export type Declared =
  | { readonly state: 'once'; readonly declaration: Declaration }
  /** Declared in several places: nothing is taken from any of them. */
  | { readonly state: 'repeated'; readonly places: readonly string[] }
  /** Not found, but a file that cannot be read whole may hold it: it stays as it was. */
  | { readonly state: 'obscured'; readonly problems: readonly Problem[] }
  /** A complete look found it nowhere. `wholesale`: nor any other bot, for this reason, which is no decision. */
  | { readonly state: 'gone'; readonly wholesale: string | undefined };

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
