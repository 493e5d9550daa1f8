import type { CloudSituation, CreateOffer, Input, Slots } from '../../decide/input.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { Catalogue, CloudAction, Droplet } from '../../ports/cloud.ts';
import type { AgentKnowledge } from '../agents/agents.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import type { PassEvents } from '../memory/event-deduplicator.ts';
import type { EngineParts } from '../parts.ts';
import { accountKeyOf } from '../quota/quota-tracker.ts';
import type { Engine, EngineFleet } from './engine.ts';

/** A GET that has shown a droplet; `begunAt` is monotonic, in ms. */
interface Reading {
  readonly droplet: Droplet;
  readonly begunAt: number;
}

/** What this very pass has looked at; void when it ends. */
export interface Knowledge {
  /** By the droplet's id, the latest. */
  readonly confirmed: Map<number, Reading>;
  readonly unproven: Set<number>;
  adoptee: Droplet | 'absent' | undefined;
  actions: readonly CloudAction[] | undefined;
  action: Input['action'];
  catalogue: Catalogue | undefined;
  offer: CreateOffer | undefined;
  searched: boolean;
  slots: Slots;
  agent: AgentKnowledge;
}

export interface PassContext {
  readonly engine: Engine;
  readonly site: CloudSite;
  readonly account: AccountRecord | undefined;
  readonly blocked: Input['cloud']['blocked'];
  readonly knowledge: Knowledge;
  readonly passEvents: PassEvents;
}

export function newKnowledge(): Knowledge {
  return {
    confirmed: new Map(),
    unproven: new Set(),
    adoptee: undefined,
    actions: undefined,
    action: undefined,
    catalogue: undefined,
    offer: undefined,
    searched: false,
    slots: {},
    agent: { reports: [], config: undefined },
  };
}

/** Whose token a pass over the bot goes by, and why nothing may be done with it, if so. */
export async function contextOf(engine: Engine, bot: BotRecord): Promise<PassContext> {
  const account = accountOf(engine, bot);
  const found = await engine.sites.of(account);
  const site = 'site' in found ? found.site : engine.sites.own();
  const blocked = engine.gate.mismatch() ?? ('blocked' in found ? found.blocked : otherCloud(engine, site));
  const passEvents = engine.events.begin(bot.key);
  return { engine, site, account, blocked, knowledge: newKnowledge(), passEvents };
}

/** Why nothing may be done there with the controller's own token. */
export function otherCloud(
  { gate, sites }: Pick<EngineFleet, 'gate' | 'sites'>,
  site: CloudSite,
): CloudSituation['blocked'] {
  return site === sites.own() ? gate.otherCloud(site.situation().identity) : undefined;
}

function accountOf({ source }: EngineParts, bot: BotRecord): AccountRecord | undefined {
  const key = accountKeyOf(bot);
  return key && source.account(key);
}
