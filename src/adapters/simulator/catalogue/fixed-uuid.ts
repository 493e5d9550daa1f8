import { createHash } from 'node:crypto';

/** A UUID derived from what it names: the same in every run, without randomness. */
export function fixedUUID(what: string): string {
  const hex = createHash('sha256').update(what).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
