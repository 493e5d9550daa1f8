import type { ResourceKey } from '../model/resource-key.ts';
import { PortError } from './port-error.ts';

/** Where an encrypted text belongs; it cannot be decrypted for any other place. */
export interface SecretContext {
  readonly fleetID: string;
  /** `namespace/name` of the account. */
  readonly account: ResourceKey;
  /** Path of the field, such as `llm.apiKey`. */
  readonly field: string;
}

/** Decrypts what `clawfleet encrypt` wrote. */
export interface SecretBox {
  /**
   * The clear text. Throws `refused` if no configured key decrypts it, or if it
   * was encrypted for another context.
   */
  open(sealed: string, place: SecretContext): string;
}

/** For use without a key. */
export const noSecretBox: SecretBox = {
  open() {
    throw new PortError(
      { kind: 'refused', reason: 'NoEncryptionKey', httpStatus: 0 },
      'No decryption key is configured: set CLAWFLEET_ENCRYPTION_KEY, or CLAWFLEET_ENCRYPTION_KEY_FILE',
    );
  },
};
