/**
 * For back ends in TypeScript that write bots into a MongoDB: types of the documents, and constructors that check them
 * as the controller does. Any driver will do, and no writer needs this.
 *
 * @module
 */

import { apiVersion } from './model/manifest/kinds.ts';
import { readManifest } from './model/manifest/read-manifest.ts';
import { problemText } from './model/problem.ts';
import type { AccountSpec, AccountStatus } from './model/spec/account-spec.ts';
import type { BotSpec } from './model/spec/bot-spec.ts';
import type { BotStatus } from './model/spec/bot-status.ts';

export type { AccountSpec, AccountStatus, BotSpec, BotStatus };

export interface DocumentMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Of the collection `bots`. */
export interface BotDocument {
  /** `namespace/name`. */
  readonly _id: string;
  readonly metadata?: DocumentMetadata;
  readonly spec: BotSpec;
  /** The controller's to write. */
  readonly status?: BotStatus;
}

/** Of the collection `accounts`. */
export interface AccountDocument {
  /** `namespace/name`. */
  readonly _id: string;
  readonly metadata?: DocumentMetadata;
  readonly spec: AccountSpec;
  /** The controller's to write. */
  readonly status?: AccountStatus;
}

export interface DocumentOptions extends DocumentMetadata {
  /** Default: `default`. */
  readonly namespace?: string;
}

/** A bot to insert. Throws a TypeError that names each field that is wrong, with its rule. */
export function botDocument(name: string, spec: BotSpec, options: DocumentOptions = {}): BotDocument {
  return { ...checked('Bot', name, spec, options), spec };
}

/** An account to insert. Throws as above. */
export function accountDocument(
  name: string,
  spec: AccountSpec = {},
  options: DocumentOptions = {},
): AccountDocument {
  return { ...checked('Account', name, spec, options), spec };
}

/**
 * Whether the bot is as it was declared when `status.observedGeneration` last rose: it rises once a change of the spec
 * has been taken in.
 */
export function isReady({ status }: Pick<BotDocument, 'status'>): boolean {
  return (
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ??
    false
  );
}

function checked(
  kind: 'Bot' | 'Account',
  name: string,
  spec: object,
  { namespace = 'default', ...metadata }: DocumentOptions,
): Pick<BotDocument, '_id' | 'metadata'> {
  const value = { apiVersion, kind, metadata: { ...metadata, name, namespace }, spec };
  const { manifest, problems } = readManifest(kind, { value, where: () => `${namespace}/${name}` });
  const all = manifest?.problems ?? problems;
  if (all.length > 0) throw new TypeError(all.map(problemText).join('\n'));
  return { _id: `${namespace}/${name}`, ...(Object.keys(metadata).length > 0 && { metadata }) };
}
