import type { Droplet, Listing } from '../../ports/cloud.ts';
import { PortError } from '../../ports/port-error.ts';

/** The droplets of a listing that is to prove absence; throws `unavailable` when a row of it could not be read. */
export function dropletsOf({ droplets, unreadable }: Listing): readonly Droplet[] {
  const [row] = unreadable;
  if (row === undefined) return droplets;
  const which = [row.id, row.name].filter((part) => part !== undefined).join(' ') || 'without id or name';
  const message = `${unreadable.length} of the droplets listed cannot be read; the first, ${which}: ${row.why}`;
  throw new PortError({ kind: 'unavailable' }, message);
}
