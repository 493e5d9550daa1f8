import type { Problem } from '../problem.ts';
import type { ResourceKey } from '../resource-key.ts';
import type { AccountSpec } from '../spec/account-spec.ts';
import type { BotSpec } from '../spec/bot-spec.ts';

interface ManifestBase {
  readonly key: ResourceKey;
  readonly namespace: string;
  readonly name: string;
  /** File, line and column of the document's start. */
  readonly where: string;
  /** Empty when the declaration is good. */
  readonly problems: readonly Problem[];
}

/** A declaration as read; `spec` is undefined when it is not good. */
export type Manifest =
  | (ManifestBase & { readonly kind: 'Bot'; readonly spec: BotSpec | undefined })
  | (ManifestBase & { readonly kind: 'Account'; readonly spec: AccountSpec | undefined })
  | (ManifestBase & { readonly kind: 'Secret'; readonly data: Readonly<Record<string, string>> });
