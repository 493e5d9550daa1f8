import { AESSecretBox, keyIDOf } from '../adapters/system/aes-secret-box.ts';
import { systemChance } from '../adapters/system/system-chance.ts';
import { newToken } from '../kit/token.ts';
import { noSecretBox, type SecretBox, type SecretContext } from '../ports/secret-box.ts';

/** A secret box that encrypts as well. */
export interface SealingBox extends SecretBox {
  /** Id of the key that encrypts. */
  readonly keyID: string;
  seal(secret: string, context: SecretContext): string;
  /** Whether the key that encrypts made `sealed`. */
  isCurrent(sealed: string): boolean;
}

/** Opens encrypted values with these keys; without any, every opening says that there is no key. */
export function secretBox(keys: readonly Uint8Array[]): SecretBox {
  return keys.length > 0 ? new AESSecretBox(keys) : noSecretBox;
}

/** Encrypts with the first of the keys, opens with each. */
export function sealingBox(keys: readonly Uint8Array[]): SealingBox {
  const box = new AESSecretBox(keys);
  return {
    keyID: box.keyID,
    open: (sealed, context) => box.open(sealed, context),
    seal: (secret, context) => box.seal(secret, context, systemChance),
    isCurrent: (sealed) => keyIDOf(sealed) === box.keyID,
  };
}

/** A token that nobody else has. */
export function newRegistrationToken(): string {
  return newToken(systemChance);
}
