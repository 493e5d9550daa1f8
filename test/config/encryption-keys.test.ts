import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEncryptionKeys, requireEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { UserError } from '../../src/config/user-error.ts';
import { temporaryDirectory } from '../lab/temporary-directory.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const bytesOf = (keys: readonly Uint8Array[]) => keys.map((one) => one[0]);

test('keys come from the variable, then from the file, in their order', () => {
  const cwd = temporaryDirectory('keys');
  writeFileSync(join(cwd, 'keys'), `${key(3)}\n${key(4)}\n`);
  const env = { CLAWFLEET_ENCRYPTION_KEY: `${key(1)}, ${key(2)}`, CLAWFLEET_ENCRYPTION_KEY_FILE: 'keys' };
  assert.deepEqual(bytesOf(readEncryptionKeys(env, cwd)), [1, 2, 3, 4]);
});

test('no key is fine where none is needed', () => {
  assert.deepEqual(readEncryptionKeys({ CLAWFLEET_ENCRYPTION_KEY: '' }, '/'), []);
  assert.throws(() => requireEncryptionKeys({}, '/'), UserError);
});

test('what is no key is named by its place, and not shown', () => {
  for (const wrong of ['short', key(1).slice(1), `${key(1)}x`, key(1).replace('=', '')]) {
    const env = { CLAWFLEET_ENCRYPTION_KEY: `${key(9)} ${wrong}` };
    assert.throws(
      () => readEncryptionKeys(env, '/'),
      (error) =>
        error instanceof UserError && /^Key 2 of/.test(error.message) && !error.message.includes(wrong),
    );
  }
});

test('a file that cannot be read is told', () => {
  assert.throws(
    () => readEncryptionKeys({ CLAWFLEET_ENCRYPTION_KEY_FILE: 'nowhere' }, '/'),
    /cannot be read/,
  );
});
