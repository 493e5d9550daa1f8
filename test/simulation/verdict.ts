import { botTag, commonTag, dropletName, fleetTag, keyTag, releasedTag } from '../../src/model/identity.ts';
import type { BotRecord } from '../../src/model/records.ts';
import { resourceKey } from '../../src/model/resource-key.ts';
import type { DeclaredFleet } from './declared-fleet.ts';
import type { World } from './world.ts';

/** Everything that is wrong once a run has converged; empty when desired equals actual. */
export function faultsFound(world: World, fleet: DeclaredFleet): string[] {
  return [
    ...wrongBots(world, fleet),
    ...leaks(world, fleet),
    ...duplicates(world),
    ...surplusCreates(world, fleet),
  ];
}

/** A read is repeated a few times where it fails, and each new life of the controller begins with some. */
const mostReadsInASecond = 12;

/** The same thing read again and again at once: a loop that spends the call budget. */
export function hecticReads(world: World): string[] {
  const counts = new Map<string, number>();
  for (const { method, path, query, at } of world.simulator.journal.entries({ method: 'GET' })) {
    const read = `${method} ${path}?${query} in second ${Math.floor(at / 1_000)}`;
    counts.set(read, (counts.get(read) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > mostReadsInASecond)
    .map(([read, count]) => `${count} × ${read}`);
}

function wrongBots(world: World, fleet: DeclaredFleet): string[] {
  return [...fleet.bots.values()].flatMap((declared) => {
    const bot = world.source.bot(resourceKey('default', declared.name));
    if (!bot) return [`${declared.name}: has no record`];
    const actual = world.simulator.droplets().filter((droplet) => droplet.name === dropletName(bot.uid));
    if (actual.length === 0 && declared.powerState === 'Stopped') return [];
    const [droplet] = actual;
    if (actual.length !== 1 || !droplet) return [`${declared.name}: ${actual.length} droplets, 1 wanted`];
    return differences(world, bot, droplet, declared);
  });
}

type Droplet = ReturnType<World['simulator']['droplets']>[number];

function differences(
  world: World,
  bot: BotRecord,
  droplet: Droplet,
  declared: { powerState: string; tags: string[] },
): string[] {
  const wantedStatus = declared.powerState === 'Running' ? 'active' : 'off';
  const ours = [commonTag, botTag(bot.uid), keyTag(bot.key), fleetTag(world.source.fleet().state.fleetID)];
  const wantedTags = [...ours, ...declared.tags];
  const wrong = [
    droplet.status === wantedStatus ? '' : `is ${droplet.status}, wanted ${wantedStatus}`,
    bot.status.droplet?.id === droplet.id
      ? ''
      : `records droplet ${bot.status.droplet?.id}, has ${droplet.id}`,
    wantedTags.every((tag) => droplet.tags.includes(tag)) ? '' : `has tags ${droplet.tags.join()}`,
    declared.tags.length > 0 || !droplet.tags.includes('blue')
      ? ''
      : 'keeps a tag that is no longer declared',
    droplet.tags.includes(releasedTag) ? 'is marked as released' : '',
    bot.status.operation ? `has an open operation ${bot.status.operation.type}` : '',
  ];
  return wrong.filter(Boolean).map((text) => `${bot.name}: ${text}`);
}

/** Droplets that belong to no declared bot. */
function leaks(world: World, fleet: DeclaredFleet): string[] {
  const names = new Set<string>();
  for (const bot of world.source.bots()) if (fleet.bots.has(bot.name)) names.add(dropletName(bot.uid));
  const stray = world.simulator
    .droplets()
    .filter((droplet) => !names.has(droplet.name) && !isReleased(world, droplet, fleet));
  return stray.map((droplet) => `droplet ${droplet.id} (${droplet.name}) belongs to no bot`);
}

/** It runs on, as was declared. */
function isReleased(world: World, { id, tags }: Droplet, fleet: DeclaredFleet): boolean {
  const madeAs = world.simulator.lives.lives().find((life) => life.id === id)?.name ?? '';
  return tags.includes(releasedTag) && fleet.orphaned.has(fleet.names().get(madeAs) ?? '');
}

/** Two droplets of one name that ever lived at the same time. */
function duplicates(world: World): string[] {
  return world.simulator.lives
    .overlaps()
    .map(({ name, ids }) => `${name} lived twice at once: ${ids.join(', ')}`);
}

/** More creates for a bot than it was declared, redeployed or destroyed behind our back. */
function surplusCreates(world: World, fleet: DeclaredFleet): string[] {
  const creates = new Map<string, number>();
  for (const { name } of world.simulator.lives.lives()) creates.set(name, (creates.get(name) ?? 0) + 1);
  const names = fleet.names();
  return [...creates].flatMap(([name, made]) => {
    const bot = names.get(name);
    if (bot === undefined) return [`${name} was created for no bot`];
    const again = fleet.destroyed.filter((destroyed) => destroyed === name).length;
    const allowed = (fleet.allowedCreates.get(bot) ?? 0) + again;
    return made > allowed ? [`${bot}: created ${made} times, ${allowed} allowed`] : [];
  });
}
