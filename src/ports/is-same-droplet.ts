import type { Droplet } from './cloud.ts';

type Value = Droplet[keyof Droplet];

/**
 * Whether two readings of a droplet agree in every field, whatever fields there are; the order of tags does
 * not matter. Allocates nothing, as a sweep compares each droplet of the fleet.
 */
export function isSameDroplet(a: Droplet, b: Droplet): boolean {
  return agreesWith(a, b) && agreesWith(b, a);
}

function agreesWith(one: Droplet, other: Droplet): boolean {
  for (const name in other) {
    const field = name as keyof Droplet;
    if (!isSameValue(one[field], other[field])) return false;
  }
  return true;
}

function isSameValue(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.length === b.length && a.every((item, index) => item === b[index] || b.includes(item));
}
