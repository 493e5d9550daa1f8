import { bootstrapScript } from '../adapters/system/bootstrap-script.ts';
import type { UserDataRequest } from '../controller/parts.ts';
import { effectiveBootstrap } from '../model/spec/bootstrap-spec.ts';
import { renderUserData } from '../user-data/render-user-data.ts';

/** The user-data of a bot's droplet, from its declaration and the script that comes with this release. */
export function composeUserData({ bot, registrationToken, controlPlaneURL }: UserDataRequest): string {
  return renderUserData({
    registrationToken,
    botID: bot.uid,
    ...(controlPlaneURL !== undefined && { controlPlaneURL }),
    ...effectiveBootstrap(bot.spec?.bootstrap),
    bootstrapScript,
  });
}
