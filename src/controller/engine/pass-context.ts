import type { CloudSituation } from '../../decide/input.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import { accountKeyOf } from '../quota/quota-tracker.ts';
import type { Engine } from './engine.ts';
import { newKnowledge, type PassContext } from './pass.ts';

/** Whose token a pass over the bot goes by, and why nothing may be done with it, if so. */
export async function contextOf(engine: Engine, bot: BotRecord): Promise<PassContext> {
  const account = accountOf(engine, bot);
  const found = await engine.sites.of(account);
  const site = 'site' in found ? found.site : engine.sites.own();
  const blocked = engine.gate.mismatch() ?? ('blocked' in found ? found.blocked : otherCloud(engine, site));
  const telling = engine.events.begin(bot.key);
  return { engine, site, account, blocked, knowledge: newKnowledge(), telling };
}

/** Why nothing may be done there with the controller's own token. */
export function otherCloud({ gate, sites }: Engine, site: CloudSite): CloudSituation['blocked'] {
  return site === sites.own() ? gate.otherCloud(site.situation().identity) : undefined;
}

function accountOf({ source }: Engine, bot: BotRecord): AccountRecord | undefined {
  const key = accountKeyOf(bot);
  return key && source.account(key);
}
