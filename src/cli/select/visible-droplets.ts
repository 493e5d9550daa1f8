import { openCloud } from '../../compose/open-cloud.ts';
import type { FleetConfig } from '../../config/run-config.ts';
import { UserError } from '../../config/user-error.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import { dropletName, fleetTag } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { Cloud, Droplet } from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import { counted } from '../text/money.ts';
import { cloudOfBot, requireOwnCloud } from './look-for-candidates.ts';

/** A droplet of a bot that the cloud shows. */
interface VisibleDroplet {
  readonly bot: BotRecord;
  readonly droplet: Droplet;
}

const urgent = { class: 'urgent' } as const;

/** Throws when the cloud shows a droplet of any of these bots, or when that cannot be known. */
export async function requireInvisible(
  config: FleetConfig,
  reader: SourceReader,
  fleet: FleetState,
  bots: readonly BotRecord[],
): Promise<void> {
  const found = await visibleDroplets(config, reader, fleet, bots);
  if (found.length === 0) return;
  const names = found.map(({ bot }) => bot.key).join(' ');
  throw new UserError(
    `The cloud shows ${counted(found.length, 'droplet')} of these bots, so nothing was confirmed:\n${found.map(sighting).join('\n')}`,
    `The controller takes a droplet up again once it sees it: look at ${names} by \`clawfleet describe\`. What is to go, destroy first; or name the other bots alone.`,
  );
}

function sighting({ bot, droplet }: VisibleDroplet): string {
  const { id, name, status, publicIPv4 } = droplet;
  return `  ${bot.key}: droplet ${id} (${name}, ${[status, publicIPv4].filter(Boolean).join(', ')})`;
}

/**
 * Which of these bots have a droplet: by GET of every id that was ever recorded of them, and by the listing of the fleet.
 * Throws where an absence would prove nothing: the token leads elsewhere, or the listing cannot be read whole.
 */
async function visibleDroplets(
  config: FleetConfig,
  reader: SourceReader,
  fleet: FleetState,
  bots: readonly BotRecord[],
): Promise<VisibleDroplet[]> {
  const clouds = await openCloud(config);
  try {
    const byCloud = new Map<Cloud, BotRecord[]>();
    for (const bot of bots) {
      const cloud = await cloudOfBot(bot, reader, clouds);
      byCloud.set(cloud, [...(byCloud.get(cloud) ?? []), bot]);
    }
    if (byCloud.has(clouds.forToken(undefined))) await requireOwnCloud(clouds.forToken(undefined), fleet);
    const found: VisibleDroplet[] = [];
    for (const [cloud, own] of byCloud) found.push(...(await visibleIn(cloud, own, fleet.fleetID)));
    return found;
  } finally {
    await clouds.close();
  }
}

async function visibleIn(
  cloud: Cloud,
  bots: readonly BotRecord[],
  fleetID: string,
): Promise<VisibleDroplet[]> {
  const { droplets, unreadable } = await cloud.listByTag(fleetTag(fleetID), { ...urgent, gpus: true });
  const [row] = unreadable;
  if (row) {
    throw new UserError(
      `A droplet of the fleet's listing cannot be read (${row.name ?? row.id ?? 'nameless'}: ${row.why}), and may be any of theirs.`,
      'Look at it in the control panel, and try again.',
    );
  }
  const found: VisibleDroplet[] = [];
  for (const bot of bots) {
    const droplet = listed(bot, droplets) ?? (await recorded(bot, cloud));
    if (droplet) found.push({ bot, droplet });
  }
  return found;
}

function listed(bot: BotRecord, droplets: readonly Droplet[]): Droplet | undefined {
  const ids = recordedIDs(bot);
  return droplets.find(({ id, name }) => name === dropletName(bot.uid) || ids.includes(id));
}

async function recorded(bot: BotRecord, cloud: Cloud): Promise<Droplet | undefined> {
  for (const id of recordedIDs(bot)) {
    try {
      return await cloud.getDroplet(id, urgent);
    } catch (error) {
      if (!faultOf(error, 'absent')) throw error;
    }
  }
  return undefined;
}

function recordedIDs({ status }: BotRecord): number[] {
  return [...(status.droplet ? [status.droplet.id] : []), ...(status.knownDropletIDs ?? [])];
}
