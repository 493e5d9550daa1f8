import { homeNamespace } from '../../compose/open-source.ts';
import { kindOf, type SourceConfig } from '../../config/source-config.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { parseKey } from './resource-args.ts';

export interface NamespaceFlags {
  readonly namespace?: string;
}

/** The namespace of names that do not say theirs. */
export async function namespaceFor(flags: NamespaceFlags, config: SourceConfig): Promise<string> {
  return flags.namespace ?? homeNamespace(config);
}

export async function keysFor(
  names: readonly string[],
  flags: NamespaceFlags,
  config: SourceConfig,
): Promise<ResourceKey[]> {
  const namespace = await namespaceFor(flags, config);
  return names.map((name) => parseKey(name, namespace));
}

/** The source, looked at in these namespaces alone (undefined: all) where it can be looked at in part. */
export function within(config: SourceConfig, namespaces: readonly string[] | undefined): SourceConfig {
  return kindOf(config).within(config, namespaces);
}

/** The namespaces that the keys are in. */
export function namespacesOf(keys: readonly ResourceKey[]): string[] {
  return [...new Set(keys.map((key) => key.slice(0, key.indexOf('/'))))];
}
