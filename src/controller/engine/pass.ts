import type { CreateOffer, Input, Slots } from '../../decide/input.ts';
import type { AccountRecord } from '../../model/records.ts';
import type { Catalogue, CloudAction, Droplet } from '../../ports/cloud.ts';
import type { AgentKnowledge } from '../agents/agents.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import type { PassEvents } from '../memory/event-deduplicator.ts';
import type { Engine } from './engine.ts';

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
  readonly telling: PassEvents;
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
