import type { BotRecord } from '../../model/records.ts';
import { type PowerState, powerStateOf } from '../../model/spec/bot-spec.ts';
import { isReady } from '../view/bot-view.ts';
import type { BotEdit } from './edit-bots.ts';

/** Sets spec.powerState, and is done when the bot is Ready in it. */
export function powerEdit(
  wanted: PowerState,
  next: (bot: BotRecord) => string,
  lines: readonly string[],
): BotEdit {
  return {
    examples: lines,
    edits: () => [{ path: ['spec', 'powerState'], value: wanted }],
    next,
    done: () => ({
      text: `to be ${wanted}`,
      holds: (bot) =>
        bot?.spec !== undefined && powerStateOf(bot.spec) === wanted && isReady(bot) && hasPower(bot, wanted),
    }),
  };
}

/** A condition may still speak of the state before; the droplet itself does not. */
function hasPower({ status }: BotRecord, wanted: PowerState): boolean {
  if (!status.droplet) return wanted === 'Stopped';
  return status.droplet.status === (wanted === 'Running' ? 'active' : 'off');
}
