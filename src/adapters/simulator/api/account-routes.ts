import { createHash } from 'node:crypto';
import { fixedUUID } from '../catalogue/fixed-uuid.ts';
import type { KeyRecord } from '../world/records.ts';
import { notFound, unprocessable } from './api-error.ts';
import { parseObject, textField } from './json-body.ts';
import { page } from './paging.ts';
import { type Call, created, noContent, ok, type Reply, type Route } from './route.ts';

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2/account', scopes: ['account:read'], answer: account },
  { method: 'GET', path: '/v2/account/keys', scopes: ['ssh_key:read'], answer: listKeys },
  { method: 'POST', path: '/v2/account/keys', scopes: ['ssh_key:create'], answer: createKey },
  { method: 'GET', path: '/v2/account/keys/:key', scopes: ['ssh_key:read'], answer: getKey },
  { method: 'DELETE', path: '/v2/account/keys/:key', scopes: ['ssh_key:delete'], answer: removeKey },
];

/** `uuid` is the person's; the droplets are the team's. */
function account({ world, caller: { user, team } }: Call): Reply {
  const { dropletLimit, accountStatus, accountMessage } = world.settings;
  return ok({
    account: {
      droplet_limit: dropletLimit,
      floating_ip_limit: 3,
      email: `${user}@example.com`,
      name: user,
      uuid: fixedUUID(`user ${user}`),
      email_verified: true,
      status: accountStatus,
      status_message: accountMessage,
      team: { uuid: world.account.uuid, name: team },
    },
  });
}

function listKeys(call: Call): Reply {
  return page(call, 'ssh_keys', [...call.world.keys.values()], (key) => JSON.stringify(shown(key)));
}

function createKey({ world, body }: Call): Reply {
  const fields = parseObject(body);
  const publicKey = textField(fields, 'public_key') ?? '';
  const name = textField(fields, 'name') ?? '';
  if (name === '') throw unprocessable("Name can't be blank");
  const blob = /^[\w@.-]+ ([A-Za-z0-9+/]+=*)( |$)/.exec(publicKey)?.[1];
  if (blob === undefined)
    throw unprocessable('Key invalid, key should be of the format `type key [comment]`');
  const fingerprint = fingerprintOf(blob);
  if ([...world.keys.values()].some((key) => key.fingerprint === fingerprint)) {
    throw unprocessable('SSH Key is already in use on your account');
  }
  const key = { id: world.nextID('key'), name, fingerprint, publicKey };
  world.keys.set(key.id, key);
  world.changes.note('key', key);
  return created({ ssh_key: shown(key) });
}

function getKey(call: Call): Reply {
  return ok({ ssh_key: shown(keyOf(call)) });
}

function removeKey(call: Call): Reply {
  const { id } = keyOf(call);
  call.world.keys.delete(id);
  call.world.changes.note('key', { id, removed: true });
  return noContent;
}

/** A key is named by id or fingerprint. */
function keyOf({ world, params }: Call): KeyRecord {
  const wanted = params[0] ?? '';
  const all = [...world.keys.values()];
  const key = all.find(({ id, fingerprint }) => String(id) === wanted || fingerprint === wanted);
  if (key === undefined) throw notFound();
  return key;
}

function shown({ id, fingerprint, publicKey, name }: KeyRecord): object {
  return { id, fingerprint, public_key: publicKey, name };
}

/** The MD5 fingerprint of OpenSSH, in pairs of digits. */
function fingerprintOf(blob: string): string {
  const hex = createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex');
  return (hex.match(/../g) ?? []).join(':');
}
