import type { FleetState } from '../../model/fleet-state.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { Source } from '../../ports/source.ts';

/** Compare-and-swap of the fleet's record is tried so often. */
const mostTries = 10;

/** Stores the fleet's record as `change` makes it, even if others write it meanwhile; no write where nothing changes. */
export async function changeFleet(source: Source, change: (state: FleetState) => FleetState): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { state, version } = source.fleet();
    const next = change(state);
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    try {
      await source.saveFleet(next, version);
      return;
    } catch (error) {
      if (!faultOf(error, 'conflict') || tries >= mostTries) throw error;
    }
  }
}
