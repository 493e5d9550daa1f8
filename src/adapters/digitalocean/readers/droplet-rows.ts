import type { Droplet, Listing, UnreadableRow } from '../../../ports/cloud.ts';
import { isSameDroplet } from '../../../ports/is-same-droplet.ts';
import { MalformedAnswer } from '../transport/malformed-answer.ts';
import { Interner, readDroplet } from './droplet-reader.ts';

/** A row of a listing of droplets. One that cannot be read does not affect the others. */
export type DropletRow = Droplet | UnreadableRow;

/** Reads the rows of one listing; a droplet that equals the `known` one is returned as that very object. */
export function dropletRowReader(known?: (id: number) => Droplet | undefined): (json: unknown) => DropletRow {
  const strings = new Interner();
  return (json) => {
    try {
      const droplet = readDroplet(json, strings);
      const before = known?.(droplet.id);
      return before && isSameDroplet(before, droplet) ? before : droplet;
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error;
      return unreadable(json, error.message);
    }
  };
}

/** A row without an id is its own identity: it cannot be recognised on another page. */
export function rowIdentity(row: DropletRow): unknown {
  return row.id ?? row;
}

export function listingOf(rows: readonly DropletRow[]): Listing {
  return { droplets: rows.filter(isDroplet), unreadable: rows.filter((row) => 'why' in row) };
}

function isDroplet(row: DropletRow): row is Droplet {
  return !('why' in row);
}

/** What can still be read of the row. */
function unreadable(json: unknown, why: string): UnreadableRow {
  const { id, name } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  return {
    ...(typeof id === 'number' && { id }),
    ...(typeof name === 'string' && { name }),
    why,
  };
}
