import { once } from './once.ts';
import { progressing, type Situation, type Verdict } from './situation.ts';

/**
 * Orders the destruction of a droplet, or waits for an order that was given. A 204 is no proof of death, so the
 * droplet is polled until GET says 404, and the order repeated while it lives.
 */
export function destroyAndWait(situation: Situation, dropletID: number, why: string): Verdict {
  const waiting = progressing('Destroying', `Droplet ${dropletID} is being destroyed: ${why}`);
  return once(situation, { kind: 'destroy', dropletID, why }, waiting);
}
