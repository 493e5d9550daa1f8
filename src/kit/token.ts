import { hash, timingSafeEqual } from 'node:crypto';

/** A new token of 256 bits, base64url. `source` supplies the random bytes, such as a Chance. */
export function newToken(source: { bytes(length: number): Uint8Array }): string {
  return Buffer.from(source.bytes(32)).toString('base64url');
}

/** SHA-256 in hex, the only form in which a token is stored or compared. */
export function tokenHash(token: string): string {
  return hash('sha256', token);
}

/** Whether two hex digests are equal, in constant time. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}
