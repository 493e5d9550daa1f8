import type { FleetState, Hold } from './fleet-state.ts';
import type { ResourceKey } from './resource-key.ts';

/** `state` with `keys` let go: out of every hold of that kind, into what is confirmed. */
export function confirmHolds(
  state: FleetState,
  kind: Hold['kind'],
  keys: readonly ResourceKey[],
): FleetState {
  const chosen = new Set(keys);
  const holds = state.holds
    .map((hold) =>
      hold.kind === kind ? { ...hold, keys: hold.keys.filter((key) => !chosen.has(key)) } : hold,
    )
    .filter((hold) => hold.keys.length > 0);
  const confirmed = [...new Set([...(state.confirmed[kind] ?? []), ...keys])];
  return { ...state, holds, confirmed: { ...state.confirmed, [kind]: confirmed } };
}
