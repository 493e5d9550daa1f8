import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AESSecretBox, keyIDOf } from '../../../src/adapters/system/aes-secret-box.ts';
import { systemChance } from '../../../src/adapters/system/system-chance.ts';
import { PortError } from '../../../src/ports/port-error.ts';
import { noSecretBox, type SecretContext } from '../../../src/ports/secret-box.ts';

const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const place: SecretContext = { fleetID: 'k3v9x1qa', account: 'default/acme', field: 'llm.apiKey' };
const box = new AESSecretBox([first]);
const refusal = (reason: string) => (error: unknown) =>
  error instanceof PortError && error.fault.kind === 'refused' && error.fault.reason === reason;

describe('AESSecretBox', () => {
  it('opens what it sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(box.open(box.seal(text, place, systemChance), place), text);
      }),
      { numRuns: 200 },
    );
  });

  it('opens what any of its keys sealed, and seals with the first', () => {
    const both = new AESSecretBox([second, first]);
    assert.equal(both.open(box.seal('text', place, systemChance), place), 'text');
    assert.equal(keyIDOf(both.seal('text', place, systemChance)), new AESSecretBox([second]).keyID);
  });

  it('names the key that is missing', () => {
    const sealed = box.seal('text', place, systemChance);
    const other = new AESSecretBox([second]);
    assert.throws(() => other.open(sealed, place), refusal('WrongEncryptionKey'));
    assert.throws(
      () => other.open(sealed, place),
      ({ message }: Error) => message.includes(box.keyID) && message.includes(other.keyID),
    );
  });

  it('opens nowhere but where the text belongs', () => {
    const sealed = box.seal('text', place, systemChance);
    for (const elsewhere of [
      { ...place, fleetID: 'another0' },
      { ...place, account: 'default/acm' as const, field: 'ellm.apiKey' },
      { ...place, field: 'other' },
    ])
      assert.throws(() => box.open(sealed, elsewhere), refusal('SealedElsewhere'));
  });

  it('opens nothing that was changed or cut, by a single digit', () => {
    const sealed = box.seal('some text', place, systemChance);
    const start = sealed.lastIndexOf('.') + 1;
    const bytes = Buffer.from(sealed.slice(start), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      const text = sealed.slice(0, start) + changed.toString('base64url');
      assert.throws(() => box.open(text, place), refusal('SealedElsewhere'));
    }
    for (const text of ['', 'sk-plain', sealed.slice(0, start + 20), `${sealed}!`])
      assert.throws(() => box.open(text, place), refusal('NotEncrypted'));
  });

  it('tells no secret in any error', () => {
    const sealed = box.seal('sk-secret', place, systemChance);
    for (const attempt of [
      () => new AESSecretBox([second]).open(sealed, place),
      () => box.open(sealed, { ...place, field: 'other' }),
      () => noSecretBox.open(sealed, place),
    ])
      assert.throws(
        attempt,
        ({ message }: Error) => !message.includes('sk-secret') && !message.includes(sealed),
      );
  });

  it('takes keys of 32 bytes alone', () => {
    assert.throws(() => new AESSecretBox([]), RangeError);
    assert.throws(() => new AESSecretBox([new Uint8Array(31)]), RangeError);
  });
});
