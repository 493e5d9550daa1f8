import type { FleetState } from '../../model/fleet-state.ts';
import type { BotRecord } from '../../model/records.ts';

/** `state` with the deletion protection of these bots let go of, for the deletion that each is asked for now. */
export function releaseBots(state: FleetState, bots: readonly BotRecord[]): FleetState {
  if (bots.length === 0) return state;
  const keys = new Set(bots.map(({ key }) => key));
  const others = (state.released ?? []).filter(({ key }) => !keys.has(key));
  const fresh = bots.flatMap(({ key, deletion }) =>
    deletion ? [{ key, requestedAt: deletion.requestedAt }] : [],
  );
  return { ...state, released: [...others, ...fresh] };
}
