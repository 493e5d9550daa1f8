import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 in hex: all that is ever stored or compared of a token. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Takes the same time whichever digit differs. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}
