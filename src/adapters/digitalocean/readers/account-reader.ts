import type { CloudAccount } from '../../../ports/cloud.ts';
import { asNumber, asObject, asString, parseJSON } from '../transport/malformed-answer.ts';

interface WireAccount {
  readonly uuid: unknown;
  readonly team: unknown;
  readonly droplet_limit: unknown;
  readonly status: unknown;
  readonly status_message: unknown;
}

export function readAccount(body: string): CloudAccount {
  const { account } = asObject<{ account: unknown }>(parseJSON(body), 'answer');
  const wire = asObject<WireAccount>(account, 'account');
  const userUUID = asString(wire.uuid, 'account.uuid');
  return {
    uuid: teamUUID(wire.team) ?? userUUID,
    userUUID,
    dropletLimit: asNumber(wire.droplet_limit, 'account.droplet_limit'),
    ...standing(wire),
  };
}

/** A token made outside of any team names none. */
function teamUUID(team: unknown): string | undefined {
  if (team === undefined || team === null) return undefined;
  const { uuid } = asObject<{ uuid: unknown }>(team, 'account.team');
  return uuid === undefined ? undefined : asString(uuid, 'account.team.uuid');
}

function standing({
  status,
  status_message,
}: Partial<WireAccount>): Pick<CloudAccount, 'status' | 'statusMessage'> {
  const statusMessage = typeof status_message === 'string' ? status_message.trim() : '';
  if (status === undefined) return { status: 'active', statusMessage };
  const word = asString(status, 'account.status');
  if (word === 'active' || word === 'warning' || word === 'locked') return { status: word, statusMessage };
  return { status: 'warning', statusMessage: [`status ${word}`, statusMessage].filter(Boolean).join(': ') };
}
