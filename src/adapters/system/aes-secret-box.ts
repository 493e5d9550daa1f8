import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { canonicalJSON } from '../../model/sharing/canonical-json.ts';
import type { Chance } from '../../ports/chance.ts';
import { PortError } from '../../ports/port-error.ts';
import type { SecretBox, SecretContext } from '../../ports/secret-box.ts';

const scheme = 'clawfleet-v1';
const cipherName = 'aes-256-gcm';
const ivLength = 12;
const tagLength = 16;
const form = /^clawfleet-v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

/**
 * Seals texts with AES-256-GCM as `clawfleet-v1.<key id>.<base64url of iv, ciphertext and tag>`; where the text belongs
 * is authenticated with it. The first key seals, each opens: so keys can be changed one after the other.
 */
export class AESSecretBox implements SecretBox {
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  /** Of the key that seals. */
  readonly keyID: string;

  /** Each key has 32 bytes; at least one. */
  constructor(keys: readonly Uint8Array[]) {
    const [first] = keys;
    if (!first) throw new RangeError('a secret box needs a key');
    this.#keys = new Map(keys.map((key) => [idOf(key), key]));
    this.keyID = idOf(first);
  }

  seal(text: string, place: SecretContext, chance: Chance): string {
    const iv = chance.bytes(ivLength);
    const cipher = createCipheriv(cipherName, this.#key(this.keyID), iv).setAAD(placeData(place));
    const body = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${scheme}.${this.keyID}.${body.toString('base64url')}`;
  }

  open(sealed: string, place: SecretContext): string {
    const id = keyIDOf(sealed);
    const body = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url');
    if (id === undefined || body.length < ivLength + tagLength) throw notSealed();
    const decipher = createDecipheriv(cipherName, this.#key(id), body.subarray(0, ivLength));
    decipher.setAAD(placeData(place)).setAuthTag(body.subarray(-tagLength));
    try {
      const text = [decipher.update(body.subarray(ivLength, -tagLength)), decipher.final()];
      return Buffer.concat(text).toString('utf8');
    } catch {
      // Node's error says no more than that it failed.
      throw refusal('SealedElsewhere', sealedElsewhere(place));
    }
  }

  #key(id: string): Uint8Array {
    const key = this.#keys.get(id);
    if (key) return key;
    const known = [...this.#keys.keys()].join(', ');
    throw refusal(
      'WrongEncryptionKey',
      `It was encrypted with key ${id}, and the keys at hand are ${known}: add the former to CLAWFLEET_ENCRYPTION_KEY, or encrypt the value anew`,
    );
  }
}

/** Id of the key that `sealed` was made with; undefined when it is none of ours. */
export function keyIDOf(sealed: string): string | undefined {
  return form.exec(sealed)?.[1];
}

function idOf(key: Uint8Array): string {
  if (key.length !== 32) throw new RangeError('a key has 32 bytes');
  return createHash('sha256').update('clawfleet key id').update(key).digest('hex').slice(0, 8);
}

function placeData({ fleetID, account, field }: SecretContext): Uint8Array {
  return Buffer.from(canonicalJSON([scheme, fleetID, account, field]));
}

function notSealed(): PortError {
  return refusal(
    'NotEncrypted',
    'The value is none that `clawfleet encrypt` has made, or a part of it is missing',
  );
}

function sealedElsewhere({ fleetID, account, field }: SecretContext): string {
  return `It was encrypted for another fleet, account or field, or is damaged: it opens only as ${field} of a bot of account ${account} in the fleet it was made for (this one is ${fleetID}); encrypt the value anew`;
}

function refusal(reason: string, message: string): PortError {
  return new PortError({ kind: 'refused', reason, httpStatus: 0 }, message);
}
