import { type SiblingKind, siblingKind } from '../../decide/presence/siblings.ts';
import { birthOfTags } from '../../model/birth.ts';
import { dropletName, foreignFleetOfTags, releasedTag } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Cloud, Droplet, UnreadableRow } from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';

/** What a droplet is to a bot that may have it: on record, judged by its birth as the controller does, or out of its reach. */
export type Standing =
  | { readonly kind: 'recorded' | SiblingKind | 'released' }
  | { readonly kind: 'foreign'; readonly fleetID: string }
  | { readonly kind: 'taken'; readonly holder: ResourceKey };

/** A droplet that a bot records, or that bears exactly its name. */
export interface Candidate {
  readonly droplet: Droplet;
  readonly birth: number | undefined;
  readonly standing: Standing;
}

export interface CandidateObservation {
  /** The recorded one first, then by id. */
  readonly candidates: readonly Candidate[];
  /** Rows of the search that may be further ones. */
  readonly unreadable: readonly UnreadableRow[];
}

interface Fleet {
  readonly fleetID: string;
  readonly bots: readonly BotRecord[];
}

const urgent = { class: 'urgent' } as const;

/**
 * Looks into the cloud: a search for the bot's name, and GET of the recorded droplet and of each found one, for a search may
 * lag a death. Throws what the cloud throws.
 */
export async function candidatesOf(
  bot: BotRecord,
  cloud: Cloud,
  fleet: Fleet,
): Promise<CandidateObservation> {
  const listing = await cloud.listByName(dropletName(bot.uid), { ...urgent, gpus: true });
  const recorded = bot.status.droplet?.id;
  const found = listing.droplets.map(({ id }) => id).sort((a, b) => a - b);
  const ids = new Set([...(recorded === undefined ? [] : [recorded]), ...found]);
  const candidates: Candidate[] = [];
  for (const id of ids) {
    const droplet = await livingDroplet(id, cloud);
    if (!droplet) continue;
    const birth = birthOfTags(droplet.tags);
    candidates.push({ droplet, birth, standing: standingOf(bot, droplet, fleet, cloud.cloudNow()) });
  }
  return { candidates, unreadable: listing.unreadable };
}

async function livingDroplet(id: number, cloud: Cloud): Promise<Droplet | undefined> {
  try {
    return await cloud.getDroplet(id, urgent);
  } catch (error) {
    if (faultOf(error, 'absent')) return undefined;
    throw error;
  }
}

function standingOf(
  bot: BotRecord,
  droplet: Droplet,
  { fleetID, bots }: Fleet,
  time: number | undefined,
): Standing {
  const stranger = foreignFleetOfTags(droplet.tags, fleetID);
  if (stranger !== undefined) return { kind: 'foreign', fleetID: stranger };
  const holder = bots.find(({ key, status }) => key !== bot.key && status.droplet?.id === droplet.id);
  if (holder) return { kind: 'taken', holder: holder.key };
  if (droplet.tags.includes(releasedTag)) return { kind: 'released' };
  if (droplet.id === bot.status.droplet?.id) return { kind: 'recorded' };
  const cloud = time === undefined ? {} : { time };
  return { kind: siblingKind({ status: bot.status, fleetID, cloud }, droplet) };
}
