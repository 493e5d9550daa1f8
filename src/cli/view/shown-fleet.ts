import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';

/** The fleet's id as listings show it; undefined before a controller first ran. Not every user may read it. */
export function shownFleet(reader: SourceReader): string | undefined {
  try {
    return reader.fleet()?.fleetID;
  } catch (error) {
    if (faultOf(error, 'refused')) return '(you may not read its record)';
    throw error;
  }
}
