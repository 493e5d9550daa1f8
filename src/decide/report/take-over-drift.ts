import type { Droplet } from '../../ports/cloud.ts';
import type { Situation } from '../situation.ts';

const fields = ['region', 'image', 'vpcUUID', 'monitoring', 'ipv6'] as const;

/**
 * How a droplet that was taken over without a record of what was asked for at its creation differs, by the cloud's
 * word, from what is declared, in what only a new droplet can have. The cloud's word is good enough to be told, never
 * to be acted on; what is left to a default never differs.
 */
export function takeOverDrift({ status, recorded, spec }: Situation): string[] {
  const record = status.droplet;
  if (!record || record.template || record.origin === 'Adopted' || recorded.kind !== 'seen') return [];
  const declared = spec.droplet ?? {};
  return fields
    .filter((field) => declared[field] !== undefined && isOther(field, declared[field], recorded.droplet))
    .map((field) => `${field} is ${recorded.droplet[field] ?? 'unknown'}, declared ${declared[field]}`);
}

function isOther(field: (typeof fields)[number], declared: unknown, droplet: Droplet): boolean {
  if (field === 'ipv6') return droplet.ipv6 && declared === false;
  // A slug moves on to newer images, and the cloud then tells an older one's number only.
  if (field === 'image' && /^\d*$/.test(droplet.image))
    return /^\d+$/.test(String(declared)) && declared !== droplet.image;
  return droplet[field] !== declared;
}
