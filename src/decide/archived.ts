import { seenDroplet } from './droplet/power.ts';
import { redeploy } from './droplet/redeploy.ts';
import { type Concern, commandFor, stalled } from './situation.ts';

/**
 * A droplet that the cloud has archived does not run, and only the cloud can say why: nothing is done to it
 * unasked. A redeploy that a person requests goes on, as does a deletion, which comes before.
 */
export const archived: Concern = (situation) => {
  const droplet = seenDroplet(situation);
  if (droplet?.status !== 'archive' || situation.status.operation?.type === 'Redeploy') return undefined;
  const message =
    `The cloud has archived droplet ${droplet.id}, so it does not run, and nothing is done to it. ` +
    `Ask DigitalOcean to restore it, or run ${commandFor(situation.bot, 'redeploy')} to get another`;
  return redeploy(situation) ?? { waiting: stalled('Archived', message) };
};
