import { hash, timingSafeEqual } from 'node:crypto';

/** A new token of 256 bits, base64url. `source`: where its bytes come from, such as a Chance. */
export function newToken(source: { bytes(length: number): Uint8Array }): string {
  return Buffer.from(source.bytes(32)).toString('base64url');
}

/** SHA-256 in hex: all that is ever stored or compared of a token. */
export function tokenHash(token: string): string {
  return hash('sha256', token);
}

/** Takes the same time whichever digit differs. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}
