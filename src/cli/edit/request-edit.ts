import type { BotRecord } from '../../model/records.ts';
import { isReady } from '../view/bot-view.ts';
import type { BotEdit } from './edit-bots.ts';

/** Sets a request to the present time, and is done when it was handled and the bot is Ready again. */
export function requestEdit(
  request: 'reboot' | 'redeploy',
  next: (bot: BotRecord) => string,
  lines: readonly string[],
): BotEdit {
  return {
    examples: lines,
    edits: (now) => [{ path: ['spec', `${request}Request`], value: now }],
    next,
    done: ([edit]) => ({
      text: `to have its ${request} done`,
      holds: (bot) =>
        bot !== undefined &&
        bot.status.handledRequests?.[request] === edit?.value &&
        bot.status.operation === undefined &&
        isReady(bot),
    }),
  };
}
