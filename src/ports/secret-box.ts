import type { ResourceKey } from '../model/resource-key.ts';
import { PortError } from './port-error.ts';

/** Where an encrypted text belongs: it opens nowhere else. */
export interface SecretContext {
  readonly fleetID: string;
  /** `namespace/name` of the account. */
  readonly account: ResourceKey;
  /** Path of the field, such as `llm.apiKey`. */
  readonly field: string;
}

/** Opens what `clawfleet encrypt` made. */
export interface SecretBox {
  /** The clear text. Throws `refused` when no key that is at hand opens it, or it belongs elsewhere. */
  open(sealed: string, place: SecretContext): string;
}

/** Where there is no key. */
export const noSecretBox: SecretBox = {
  open() {
    throw new PortError(
      { kind: 'refused', reason: 'NoEncryptionKey', httpStatus: 0 },
      'There is no key to decrypt with: set CLAWFLEET_ENCRYPTION_KEY, or CLAWFLEET_ENCRYPTION_KEY_FILE',
    );
  },
};
