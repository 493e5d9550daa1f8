import type { CloudAccount } from '../../ports/cloud.ts';
import { asNumber, asObject, asString, parseJSON } from './malformed-answer.ts';

interface WireAccount {
  readonly uuid: unknown;
  readonly droplet_limit: unknown;
}

export function readAccount(body: string): CloudAccount {
  const { account } = asObject<{ account: unknown }>(parseJSON(body), 'answer');
  const { uuid, droplet_limit } = asObject<WireAccount>(account, 'account');
  return {
    uuid: asString(uuid, 'account.uuid'),
    dropletLimit: asNumber(droplet_limit, 'account.droplet_limit'),
  };
}
