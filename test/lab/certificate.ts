import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** PEM of a key and of its certificate, which is its own authority. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const ecdsaWithSHA256 = '2a8648ce3d040302';
const commonName = '550403';
const subjectAltName = '551d11';
const basicConstraints = '551d13';

/** A self-signed certificate for 127.0.0.1 and `host`, good for ten days: from yesterday, or from `fromDay` (days from now). */
export function selfSigned(name: string, host = 'localhost', fromDay = -1): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(oid(ecdsaWithSHA256)),
    distinguished(name),
    sequence(time(fromDay), time(fromDay + 10)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(altNames(host), authority())),
  );
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(body, sequence(oid(ecdsaWithSHA256)), signature(body, privateKey))),
  };
}

function altNames(host: string): Buffer {
  const names = sequence(der(0x82, Buffer.from(host)), der(0x87, Buffer.from([127, 0, 0, 1])));
  return sequence(oid(subjectAltName), der(0x04, names));
}

function authority(): Buffer {
  const isAuthority = sequence(der(0x01, Buffer.from([0xff])));
  return sequence(oid(basicConstraints), der(0x01, Buffer.from([0xff])), der(0x04, isAuthority));
}

function signature(body: Buffer, key: KeyObject): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, key)]));
}

function distinguished(name: string): Buffer {
  return sequence(der(0x31, sequence(oid(commonName), der(0x0c, Buffer.from(name)))));
}

function time(days: number): Buffer {
  const stamp = new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(stamp));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
