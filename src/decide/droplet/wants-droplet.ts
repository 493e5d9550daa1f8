import { isEnding } from '../../model/is-ending.ts';
import type { BotRecord } from '../../model/records.ts';
import { powerStateOf } from '../../model/spec/bot-spec.ts';
import { refusalEnds } from './creation.ts';

/**
 * Whether a bot without a droplet would create one now: not while it is declared Stopped, is deleted, or two declarations compete
 * for its name, nor while it waits to repeat a create that the cloud refused.
 */
export function wantsDroplet(bot: BotRecord, now: number): boolean {
  const { spec, problems } = bot;
  if (!spec || powerStateOf(spec) !== 'Running' || isEnding(bot)) return false;
  return !isRefused(bot, now) && !problems.some(({ duplicate }) => duplicate);
}

function isRefused({ status: { refusal }, generation }: BotRecord, now: number): boolean {
  return refusal?.what === 'create' && refusal.generation === generation && now < refusalEnds(refusal);
}
