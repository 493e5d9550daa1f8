import type { SourceConfig } from '../../config/source-config.ts';
import { sourceLocation } from '../../config/source-config.ts';
import { UserError } from '../../config/user-error.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import type { SourceReader } from '../../ports/source-reader.ts';

/** The fleet's own record; throws when there is none yet. */
export function requireFleet(reader: SourceReader, config: SourceConfig): FleetState {
  const fleet = reader.fleet();
  if (fleet) return fleet;
  throw new UserError(
    `There is no fleet in ${sourceLocation(config).state} yet.`,
    '`clawfleet run` makes it.',
  );
}
