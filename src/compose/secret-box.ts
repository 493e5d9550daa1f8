import { AESSecretBox } from '../adapters/system/aes-secret-box.ts';
import { noSecretBox, type SecretBox } from '../ports/secret-box.ts';

/** Opens encrypted values with these keys; without any, it tells that there is none. */
export function secretBox(keys: readonly Uint8Array[]): SecretBox {
  return keys.length > 0 ? new AESSecretBox(keys) : noSecretBox;
}
