import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError, usageError } from './user-error.ts';

/** The environment variables that hold the keys for `encrypted` values. */
export interface KeyEnvironment {
  /** Keys of 32 bytes in base64, parted by white space or commas; the first one encrypts, each decrypts. */
  readonly CLAWFLEET_ENCRYPTION_KEY?: string | undefined;
  /** A file of such keys; its keys come after those of the variable. */
  readonly CLAWFLEET_ENCRYPTION_KEY_FILE?: string | undefined;
}

const howTo = 'Make one with `openssl rand -base64 32`; the first key encrypts, further ones only decrypt.';
const keyPattern = /^[A-Za-z0-9+/]{43}=$/;

/** None when neither variable is set. No error shows any part of a key. */
export function readEncryptionKeys(env: KeyEnvironment, cwd: string): readonly Uint8Array[] {
  const { CLAWFLEET_ENCRYPTION_KEY: text, CLAWFLEET_ENCRYPTION_KEY_FILE: file } = env;
  return [
    ...keysIn(text ?? '', 'CLAWFLEET_ENCRYPTION_KEY'),
    ...(file ? keysIn(contentOf(resolve(cwd, file)), `CLAWFLEET_ENCRYPTION_KEY_FILE (${file})`) : []),
  ];
}

/** As above, for what cannot be done without a key. */
export function requireEncryptionKeys(env: KeyEnvironment, cwd: string): readonly Uint8Array[] {
  const keys = readEncryptionKeys(env, cwd);
  if (keys.length > 0) return keys;
  throw usageError(
    'There is no key: neither CLAWFLEET_ENCRYPTION_KEY nor CLAWFLEET_ENCRYPTION_KEY_FILE is set.',
    howTo,
  );
}

function keysIn(text: string, where: string): Uint8Array[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  return words.map((word, index) => {
    if (keyPattern.test(word)) return Buffer.from(word, 'base64');
    throw usageError(`Key ${index + 1} of ${where} is not 32 bytes of base64.`, howTo);
  });
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`CLAWFLEET_ENCRYPTION_KEY_FILE cannot be read: ${reason}.`, howTo);
  }
}
