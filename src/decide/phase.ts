import type { Phase } from '../model/bot-status.ts';
import type { Situation, Waiting } from './situation.ts';

/**
 * The bot's phase: one word for people. Deleting from the first effect of the deletion on: before that, a bot that is
 * declared again simply stays.
 */
export function phaseOf(situation: Situation, waiting: Waiting | undefined, acting: boolean): Phase {
  const { bot, status, running } = situation;
  if (bot.deletion && (acting || status.phase === 'Deleting')) return 'Deleting';
  if (waiting?.stalled) return 'Error';
  if (!waiting) return running ? 'Online' : 'Paused';
  return phaseOnTheWay(situation, waiting);
}

function phaseOnTheWay({ status, running }: Situation, waiting: Waiting): Phase {
  const { droplet, createAttempt, operation } = status;
  if (createAttempt || droplet?.status === 'new' || operation?.type === 'Redeploy') return 'Provisioning';
  if (!droplet) return waiting.reason === 'Creating' ? 'Provisioning' : 'Pending';
  if (droplet.status === 'active' && running) return 'Online';
  return droplet.status === 'off' && !running ? 'Paused' : 'Provisioning';
}
