import type { AccountRecord, BotRecord } from '../../../model/records.ts';

/** Whether the bot reads one of the Secrets, named `namespace/name`. */
export function botUses({ namespace, spec }: BotRecord, secrets: ReadonlySet<string>): boolean {
  const name = spec?.llm?.apiKey.secretRef?.name;
  return name !== undefined && secrets.has(`${namespace}/${name}`);
}

/** Whether the account reads one of the Secrets, named `namespace/name`. */
export function accountUses({ namespace, spec }: AccountRecord, secrets: ReadonlySet<string>): boolean {
  const name = spec?.tokenSecretRef?.name;
  return name !== undefined && secrets.has(`${namespace}/${name}`);
}
