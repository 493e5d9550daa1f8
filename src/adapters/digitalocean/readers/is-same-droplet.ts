import type { Droplet } from '../../../ports/cloud.ts';

type Field = Droplet[keyof Droplet];

/** Whether two readings of a droplet say the same in every field. Makes no garbage: a sweep asks it of each droplet. */
export function isSameDroplet(a: Droplet, b: Droplet): boolean {
  return holdsFieldsOf(a, b) && holdsFieldsOf(b, a);
}

function holdsFieldsOf(one: Droplet, other: Droplet): boolean {
  for (const name in other) {
    const field = name as keyof Droplet;
    if (!isSameField(one[field], other[field])) return false;
  }
  return true;
}

function isSameField(a: Field, b: Field): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
