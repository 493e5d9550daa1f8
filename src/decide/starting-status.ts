import type { BotSpec } from '../model/bot-spec.ts';
import type { BotStatus } from '../model/bot-status.ts';
import type { BotRecord } from '../model/records.ts';

/** The stored status, void under another uid, with the requests present at first sight taken as handled. */
export function startingStatus(bot: BotRecord): BotStatus {
  const foreign = bot.status.ownerUID !== undefined && bot.status.ownerUID !== bot.uid;
  const status = foreign ? {} : bot.status;
  return status.handledRequests || !bot.spec
    ? status
    : { ...status, handledRequests: presentRequests(bot.spec) };
}

function presentRequests(spec: BotSpec): NonNullable<BotStatus['handledRequests']> {
  return {
    ...(spec.rebootRequest !== undefined && { reboot: spec.rebootRequest }),
    ...(spec.redeployRequest !== undefined && { redeploy: spec.redeployRequest }),
    ...(spec.registrationTokenSHA256 !== undefined && { registrationToken: spec.registrationTokenSHA256 }),
  };
}
