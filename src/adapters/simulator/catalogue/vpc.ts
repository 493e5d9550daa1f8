import { fixedUUID } from './fixed-uuid.ts';

const made = new Map<string, string>();

/** The region's default VPC. */
export function defaultVPC(region: string): string {
  let uuid = made.get(region);
  if (uuid === undefined) {
    uuid = fixedUUID(`vpc ${region}`);
    made.set(region, uuid);
  }
  return uuid;
}
