import type { BotSpec } from '../model/bot-spec.ts';
import type { BotStatus } from '../model/bot-status.ts';
import type { BotRecord } from '../model/records.ts';

/** The stored status; void when it is that of another uid, as in a copied manifest. */
export function ownStatus({ uid, status }: Pick<BotRecord, 'uid' | 'status'>): BotStatus {
  return status.ownerUID === undefined || status.ownerUID === uid ? status : {};
}

/** The status of its own, with the requests present at first sight taken as handled. */
export function startingStatus(bot: BotRecord): BotStatus {
  const status = ownStatus(bot);
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
