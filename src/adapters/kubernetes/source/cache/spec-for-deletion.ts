import type { BotSpec } from '../../../../model/spec/bot-spec.ts';

/**
 * What is needed of a spec to end a bot whose declaration is bad and was never seen good: after a restart, say. Only
 * the plain word Delete, or nothing at all where nothing was adopted, lets a droplet be destroyed; whatever may be meant
 * as protection protects.
 */
export function specForDeletion(spec: unknown): BotSpec {
  const { accountRef, deletionPolicy, deletionProtection = false, adopt } = fieldsOf(spec);
  const { name } = fieldsOf(accountRef);
  const destroys = deletionPolicy === 'Delete' || (deletionPolicy === undefined && adopt === undefined);
  return {
    accountRef: { name: typeof name === 'string' ? name : '' },
    deletionPolicy: destroys ? 'Delete' : 'Orphan',
    ...(deletionProtection !== false && { deletionProtection: true }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
