import { createHash } from 'node:crypto';
import type { Chance } from '../../ports/chance.ts';

/** A 256-bit token, base64url. */
export function randomToken(chance: Chance): string {
  return Buffer.from(chance.bytes(32)).toString('base64url');
}

/** In hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
