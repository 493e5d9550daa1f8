import { omit } from '../../kit/pick.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';

const mostKnownIDs = 16;

/**
 * The status once the recorded droplet is gone: its id is remembered, so that a stale listing fools nobody, and that
 * of the `adopted` one for good, so that it is not asked for again.
 */
export function retireDroplet(status: BotStatus, adopted: number | undefined): BotStatus {
  const id = status.droplet?.id;
  const rest = omit(status, 'droplet', 'refusedOrder');
  return id === undefined
    ? rest
    : { ...rest, knownDropletIDs: remember(status.knownDropletIDs, id, adopted) };
}

/** `ids` with `id` added at its end, at most 16; `pinned` stays among them. */
function remember(ids: readonly number[] = [], id: number, pinned: number | undefined): number[] {
  const all = ids.includes(id) ? [...ids] : [...ids, id];
  const kept = all.slice(-mostKnownIDs);
  const isDropped = pinned !== undefined && all.includes(pinned) && !kept.includes(pinned);
  return isDropped ? [pinned, ...kept.slice(1)] : kept;
}
