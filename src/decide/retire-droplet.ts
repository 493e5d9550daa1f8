import type { BotStatus } from '../model/bot-status.ts';
import { omit } from './omit.ts';

const mostKnownIDs = 16;

/** The status once the recorded droplet is gone: its id is remembered, so that a stale listing fools nobody. */
export function retireDroplet(status: BotStatus): BotStatus {
  const id = status.droplet?.id;
  const rest = omit(status, 'droplet', 'registration');
  return id === undefined ? rest : { ...rest, knownDropletIDs: remember(status.knownDropletIDs, id) };
}

/** `ids` with `id` added at its end, at most 16. */
export function remember(ids: readonly number[] = [], id: number): number[] {
  return ids.includes(id) ? [...ids] : [...ids, id].slice(-mostKnownIDs);
}
