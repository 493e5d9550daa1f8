import type { Manifest } from '../../model/manifest/read-manifest.ts';
import type { Problem } from '../../model/problem.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import { resourceKey } from '../../model/resource-key.ts';

/** What is wrong among manifests that are each good alone: the same resource declared more than once. */
export function repeatedDeclarations(manifests: readonly Manifest[]): Problem[] {
  const first = new Map<string, Manifest>();
  return manifests.flatMap((manifest) => {
    const id = `${manifest.kind} ${manifest.key}`;
    const other = first.get(id);
    if (!other) {
      first.set(id, manifest);
      return [];
    }
    const rule = `is declared at ${other.where} already; nothing is done for it until one is left`;
    return [{ where: manifest.where, object: id, field: 'metadata.name', rule }];
  });
}

/**
 * Bots whose account is not among the manifests: no fault when it is declared elsewhere, so only a warning.
 */
export function missingAccounts(manifests: readonly Manifest[]): Problem[] {
  const accounts = new Set(manifests.filter(({ kind }) => kind === 'Account').map(({ key }) => key));
  return manifests.flatMap((manifest) => {
    if (manifest.kind !== 'Bot' || !manifest.spec) return [];
    const { name } = manifest.spec.accountRef;
    if (accounts.has(resourceKey(manifest.namespace, name))) return [];
    const rule = `names an Account that is not among these files; without it the bot gets no place`;
    return [
      {
        where: manifest.where,
        object: `Bot ${manifest.key}`,
        field: 'spec.accountRef.name',
        rule,
        value: JSON.stringify(name),
      },
    ];
  });
}

/** Bots whose account the source does not hold. */
export function botsWithoutAccount(
  bots: readonly BotRecord[],
  accounts: readonly AccountRecord[],
): Problem[] {
  const known = new Set(accounts.map(({ key }) => key));
  return bots.flatMap(({ spec, namespace, key, origin }) => {
    const name = spec?.accountRef.name;
    if (name === undefined || known.has(resourceKey(namespace, name))) return [];
    const rule = 'names an Account that there is not; without it the bot gets no place';
    return [
      {
        where: origin,
        object: `Bot ${key}`,
        field: 'spec.accountRef.name',
        rule,
        value: JSON.stringify(name),
      },
    ];
  });
}
