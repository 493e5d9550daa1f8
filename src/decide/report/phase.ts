import type { Phase } from '../../model/spec/bot-status.ts';
import { healthOf } from '../agent/health.ts';
import type { Situation, Waiting } from '../situation.ts';

/**
 * The bot's phase: one word for people. It is Deleting from the first effect of the deletion on: before that,
 * a bot that is declared again simply stays.
 */
export function phaseOf(situation: Situation, waiting: Waiting | undefined, acting: boolean): Phase {
  const { bot, status, running } = situation;
  if (bot.deletion && (acting || status.phase === 'Deleting')) return 'Deleting';
  if (waiting?.stalled || isSilent(situation)) return 'Error';
  if (!waiting) return running ? 'Online' : 'Paused';
  return phaseOnTheWay(situation, waiting);
}

/** A bot that is not heard is in error, whatever is being done about it. */
function isSilent(situation: Situation): boolean {
  return healthOf(situation)?.status === 'False';
}

/** Its agent runs by a config, the newest or an older one. */
function isAtWork({ agent, status }: Situation): boolean {
  return !agent || status.appliedConfig !== undefined;
}

function phaseOnTheWay(situation: Situation, waiting: Waiting): Phase {
  const { status, running } = situation;
  const { droplet, createAttempt, operation } = status;
  if (createAttempt || droplet?.status === 'new' || operation?.type === 'Redeploy') return 'Provisioning';
  if (!droplet) return waiting.reason === 'Creating' ? 'Provisioning' : 'Pending';
  // A droplet that is being shut down counts as running until it is off.
  if (droplet.status === 'active') return isAtWork(situation) ? 'Online' : 'Provisioning';
  return droplet.status === 'off' && !running ? 'Paused' : 'Provisioning';
}
