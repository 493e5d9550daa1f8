import { needsReplacement, type ObservedField, observedFields } from '../../model/spec/droplet-fields.ts';
import type { Droplet } from '../../ports/cloud.ts';
import type { Situation } from '../situation.ts';

/**
 * How a droplet that was taken over without a record of its creation differs, as the cloud shows it, from the
 * declaration, in what only a new droplet can have. What the cloud shows is good enough to report, never to
 * act on; a field left to its default never differs.
 */
export function takeOverDrift({ status, recorded, spec }: Situation): string[] {
  const record = status.droplet;
  if (!record || record.template || record.origin === 'Adopted' || recorded.kind !== 'seen') return [];
  const declared = spec.droplet ?? {};
  return observedFields
    .filter((field) => needsReplacement(field, declared[field]))
    .filter((field) => declared[field] !== undefined && isOther(field, declared[field], recorded.droplet))
    .map((field) => `${field} is ${recorded.droplet[field] ?? 'unknown'}, declared ${declared[field]}`);
}

function isOther(field: ObservedField, declared: unknown, droplet: Droplet): boolean {
  // A slug moves on to newer images, and the cloud then shows an older one by its number alone.
  if (field === 'image' && /^\d*$/.test(droplet.image))
    return /^\d+$/.test(String(declared)) && declared !== droplet.image;
  return droplet[field] !== declared;
}
