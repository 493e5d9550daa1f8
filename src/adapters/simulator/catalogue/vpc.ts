import { createHash } from 'node:crypto';

const made = new Map<string, string>();

/** The region's default VPC: a UUID made from its slug, so that it is the same in every run. */
export function defaultVPC(region: string): string {
  let uuid = made.get(region);
  if (uuid === undefined) {
    const hex = createHash('sha256').update(`vpc ${region}`).digest('hex');
    uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    made.set(region, uuid);
  }
  return uuid;
}
