import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { SecretKeyRef } from '../../../model/spec/llm-spec.ts';
import { PortError } from '../../../ports/port-error.ts';
import { refusal } from '../state/store-error.ts';
import type { Declarations } from './declarations.ts';

/** The value of a Secret's key. No error tells any value. */
export function secretValue(declarations: Declarations, namespace: string, ref: SecretKeyRef): string {
  const [found, other] = declarations.secrets(`${namespace}/${ref.name}`);
  const object = `Secret ${namespace}/${ref.name}`;
  if (!found) throw new PortError({ kind: 'absent' }, `${object} is not declared`);
  if (other) {
    throw refusal('SecretRepeated', `${object} is declared twice, in ${found.where} and ${other.where}`);
  }
  const value = Object.hasOwn(found.data, ref.key) ? found.data[ref.key] : undefined;
  if (value === undefined) throw new PortError({ kind: 'absent' }, `${object} has no key ${ref.key}`);
  return value;
}

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
