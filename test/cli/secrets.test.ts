import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { AESSecretBox } from '../../src/adapters/system/aes-secret-box.ts';
import { noteSecret } from '../lab/notes/notes.ts';
import { clawfleet, endAll, type Outcome } from './clawfleet.ts';
import { newFleet, runFleet } from './fleet.ts';
import { inProcess } from './in-process.ts';

after(endAll);

const [oldKey, newKey] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];
const secret = 'sk-very-secret';
noteSecret('an API key', secret);

/** A fleet that has been run once, with bots alpha and beta. */
async function ranOnce(): Promise<{ cwd: string; fleetID: string }> {
  const cwd = newFleet(['alpha', 'beta']);
  const { running } = await runFleet(cwd);
  running.child.kill('SIGTERM');
  await running.ended;
  const { stdout } = await inProcess(['fleet', 'show'], { cwd });
  return { cwd, fleetID: /Fleet:\s+(\S+)/.exec(stdout)?.[1] ?? '' };
}

function encrypt(cwd: string, key: string, ...flags: string[]): Promise<Outcome> {
  const stdin = Readable.from([`${secret}\n`]) as unknown as NodeJS.ReadStream;
  return inProcess(['encrypt', '--account', 'acme', ...flags], {
    cwd,
    env: { CLAWFLEET_ENCRYPTION_KEY: key },
    stdin,
  });
}

function declare(cwd: string, name: string, encrypted: string): void {
  const file = join(cwd, 'bots', `${name}.yaml`);
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}  llm: {provider: acme, apiKey: {encrypted: ${encrypted}}}\n`,
  );
}

function declaredOf(cwd: string, name: string) {
  return parse(readFileSync(join(cwd, 'bots', `${name}.yaml`), 'utf8')) as {
    spec: { registrationTokenSHA256?: string; llm: { apiKey: { encrypted: string } } };
  };
}

test('what encrypt prints opens as that field of that account of this fleet alone', async () => {
  const { cwd, fleetID } = await ranOnce();
  const { code, stdout, stderr } = await encrypt(cwd, oldKey);
  assert.equal(code, 0, stderr);
  const sealed = stdout.trim();
  assert.ok(!sealed.includes(Buffer.from(secret).toString('base64url')));
  const box = new AESSecretBox([Buffer.from(oldKey, 'base64')]);
  const place = { fleetID, account: 'default/acme', field: 'llm.apiKey' } as const;
  assert.equal(box.open(sealed, place), secret);
  assert.throws(
    () => box.open(sealed, { ...place, account: 'default/other' }),
    /another fleet, account or field/,
  );
  const again = await encrypt(cwd, oldKey);
  assert.notEqual(again.stdout.trim(), sealed);
});

test('rotate-key encrypts anew what another key did, in the files, comments kept, and only once', async () => {
  const { cwd, fleetID } = await ranOnce();
  declare(cwd, 'alpha', (await encrypt(cwd, oldKey)).stdout.trim());
  declare(cwd, 'beta', (await encrypt(cwd, newKey)).stdout.trim());
  const beta = readFileSync(join(cwd, 'bots', 'beta.yaml'), 'utf8');
  const env = { CLAWFLEET_ENCRYPTION_KEY: `${newKey},${oldKey}` };
  const dry = await inProcess(['rotate-key', '--dry-run'], { cwd, env });
  assert.match(dry.stdout, /^1 value would be encrypted again with key [0-9a-f]{8}\./);
  const done = await inProcess(['rotate-key'], { cwd, env });
  assert.equal(done.code, 0, done.stderr);
  const box = new AESSecretBox([Buffer.from(newKey, 'base64')]);
  const place = { fleetID, account: 'default/acme', field: 'llm.apiKey' } as const;
  assert.equal(box.open(declaredOf(cwd, 'alpha').spec.llm.apiKey.encrypted, place), secret);
  assert.match(readFileSync(join(cwd, 'bots', 'alpha.yaml'), 'utf8'), /^# alpha is watched closely/);
  assert.equal(readFileSync(join(cwd, 'bots', 'beta.yaml'), 'utf8'), beta);
  assert.match((await inProcess(['rotate-key'], { cwd, env })).stdout, /^0 values/);
});

test('rotate-key tells which value no key opens, leaves it, and fails', async () => {
  const { cwd } = await ranOnce();
  declare(cwd, 'alpha', (await encrypt(cwd, oldKey)).stdout.trim());
  const before = readFileSync(join(cwd, 'bots', 'alpha.yaml'), 'utf8');
  const { code, stderr } = await inProcess(['rotate-key'], {
    cwd,
    env: { CLAWFLEET_ENCRYPTION_KEY: newKey },
  });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /default\/alpha: It was encrypted with key [0-9a-f]{8}, and the keys at hand are [0-9a-f]{8}/,
  );
  assert.equal(readFileSync(join(cwd, 'bots', 'alpha.yaml'), 'utf8'), before);
});

test('a key that is none, or is missing, is told with the way to make one, and never shown', async () => {
  const cwd = newFleet([]);
  const wrong = await encrypt(cwd, 'c2hvcnQ=', '--fleet-id', 'k3v9x1qa', '--source', 'bots');
  assert.equal(wrong.code, 64);
  assert.match(wrong.stderr, /Key 1 of CLAWFLEET_ENCRYPTION_KEY is not 32 bytes of base64\.\n.*openssl/);
  assert.ok(!wrong.stderr.includes('c2hvcnQ'));
  const none = await encrypt(cwd, '', '--fleet-id', 'k3v9x1qa', '--source', 'bots');
  assert.match(none.stderr, /There is no key/);
});

test('token declares the hash of a new token, and prints the command for the droplet', async () => {
  const { cwd } = await ranOnce();
  const { code, stdout, stderr } = await clawfleet(['token', 'alpha'], { cwd });
  assert.equal(code, 0, stderr);
  const token = /printf '%s\\n' (\S+) \| runuser -u openclaw -- \S+\/agent enrol/.exec(stdout)?.[1] ?? '';
  assert.match(token, /^[\w-]{43}$/);
  const declared = declaredOf(cwd, 'alpha').spec.registrationTokenSHA256;
  assert.equal(declared, createHash('sha256').update(token).digest('hex'));
  assert.equal(declaredOf(cwd, 'beta').spec.registrationTokenSHA256, undefined);
});
