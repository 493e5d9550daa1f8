import type { BotRecord } from '../../model/records.ts';
import type { BotSpec } from '../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import { presentTimes } from '../droplet/present-times.ts';
import type { Input } from '../input.ts';

/** The stored status; void when it is that of another uid, as in a copied manifest. */
export function ownStatus({ uid, status }: Pick<BotRecord, 'uid' | 'status'>): BotStatus {
  return status.ownerUID === undefined || status.ownerUID === uid ? status : {};
}

/** The status of its own, with the requests present at first sight taken as handled, and times in the future as now. */
export function startingStatus({ bot, now, effects }: Pick<Input, 'bot' | 'now' | 'effects'>): BotStatus {
  const status = presentTimes(ownStatus(bot), now, effects);
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
