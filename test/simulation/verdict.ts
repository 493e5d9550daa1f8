import type { Journal } from '../../src/adapters/simulator/admin/journal.ts';
import { botTag, commonTag, dropletName, fleetTag, keyTag, releasedTag } from '../../src/model/identity.ts';
import type { BotRecord } from '../../src/model/records.ts';
import { resourceKey } from '../../src/model/resource-key.ts';
import type { DeclaredFleet } from './declared-fleet.ts';
import type { Ledger } from './ledger.ts';
import type { World } from './world.ts';

/** Everything that is wrong once a run has converged; empty when desired equals actual. */
export function faultsFound({ world, fleet, ledger }: Outcome): string[] {
  return [...wrongBots(world, fleet, ledger), ...leaks(world, fleet, ledger)];
}

interface Outcome {
  readonly world: World;
  readonly fleet: DeclaredFleet;
  readonly ledger: Ledger;
}

/** Bots that wait without a word of why. */
export function waitsOfNoReason(world: World): string[] {
  if (!world.alive) return [];
  return [...world.source.bots()].flatMap(({ key, status }) => {
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    const isTold = !ready || ready.status === 'True' || (ready.reason !== '' && ready.message !== '');
    return isTold ? [] : [`${key} waits without a reason`];
  });
}

/** A read is repeated a few times where it fails, and each new life of the controller begins with some. */
const mostInASecond = 12;
/** A droplet on its way is read every few seconds. */
const mostInAMinute = 50;

/** The same thing read again and again: a loop that spends the call budget. The trouble ended at `calmSince` (the cloud's time). */
export function hecticReads(world: World, calmSince: number): string[] {
  const reads = world.simulator.journal.entries({ method: 'GET' });
  const ofDroplets = reads.filter(({ route, at }) => route === 'GET /v2/droplets/:id' && at >= calmSince);
  return [...tooMany(reads, 1_000, mostInASecond), ...tooMany(ofDroplets, 60_000, mostInAMinute)];
}

function tooMany(reads: ReturnType<Journal['entries']>, withinMs: number, most: number): string[] {
  const counts = new Map<string, number>();
  for (const { path, query, at } of reads) {
    const read = `${path}?${query} within ${withinMs / 1_000} s, ${Math.floor(at / withinMs)}`;
    counts.set(read, (counts.get(read) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > most).map(([read, count]) => `${count} × ${read}`);
}

function wrongBots(world: World, fleet: DeclaredFleet, ledger: Ledger): string[] {
  return [...fleet.bots.values()].flatMap((declared) => {
    const bot = world.source.bot(resourceKey('default', declared.name));
    if (!bot) return [`${declared.name}: has no record`];
    const own = world.simulator.droplets().find(({ id }) => id === bot.status.droplet?.id);
    const named = world.simulator.droplets().filter(({ name }) => name === dropletName(bot.uid));
    const others = named
      .filter(({ id }) => id !== own?.id && !isPeoples(ledger, id))
      .filter((droplet) => !isReleased(world, droplet, fleet));
    const surplus = others.map(({ id }) => `${declared.name}: ${id} bears its name, too`);
    if (!own && declared.powerState === 'Stopped') return surplus;
    if (!own) return [...surplus, `${declared.name}: has no droplet`];
    return [...surplus, ...differences({ world, ledger }, bot, own, declared)];
  });
}

/** A person made it, or made it look like no droplet of the fleet. */
function isPeoples(ledger: Ledger, id: number): boolean {
  return ledger.byHand.has(id) || ledger.changed.has(id);
}

type Droplet = ReturnType<World['simulator']['droplets']>[number];

function differences(
  { world, ledger }: Pick<Outcome, 'world' | 'ledger'>,
  bot: BotRecord,
  droplet: Droplet,
  declared: { powerState: string; tags: string[] },
): string[] {
  const wantedStatus = declared.powerState === 'Running' ? 'active' : 'off';
  const ours = [commonTag, botTag(bot.uid), keyTag(bot.key), fleetTag(world.source.fleet().state.fleetID)];
  const wantedTags = [...ours, ...declared.tags];
  const wrong = [
    droplet.status === wantedStatus ? '' : `is ${droplet.status}, wanted ${wantedStatus}`,
    droplet.name === dropletName(bot.uid) ? '' : `its droplet is named ${droplet.name}`,
    wantedTags.every((tag) => droplet.tags.includes(tag)) ? '' : `has tags ${droplet.tags.join()}`,
    // Of one that was taken over as it is, nobody knows which tags were declared once.
    declared.tags.length > 0 ||
    !droplet.tags.includes('blue') ||
    !bot.status.droplet?.template ||
    ledger.hasOldState
      ? ''
      : 'keeps a tag that is no longer declared',
    droplet.tags.includes(releasedTag) ? 'is marked as released' : '',
    bot.status.operation ? `has an open operation ${bot.status.operation.type}` : '',
  ];
  return wrong.filter(Boolean).map((text) => `${bot.name}: ${text}`);
}

/** Droplets that belong to no declared bot. */
function leaks(world: World, fleet: DeclaredFleet, ledger: Ledger): string[] {
  const owned = new Set<number | undefined>();
  for (const bot of world.source.bots()) if (fleet.bots.has(bot.name)) owned.add(bot.status.droplet?.id);
  const names = new Set<string>();
  for (const bot of world.source.bots()) names.add(dropletName(bot.uid));
  const stray = world.simulator
    .droplets()
    .filter(({ id, name }) => !owned.has(id) && !names.has(name) && !isPeoples(ledger, id))
    .filter((droplet) => !isReleased(world, droplet, fleet));
  return stray.map((droplet) => `droplet ${droplet.id} (${droplet.name}) belongs to no bot`);
}

/** It runs on, as was declared. */
function isReleased(world: World, { id, tags }: Droplet, fleet: DeclaredFleet): boolean {
  const madeAs = world.simulator.lives.lives().find((life) => life.id === id)?.name ?? '';
  return tags.includes(releasedTag) && fleet.orphaned.has(fleet.names().get(madeAs) ?? '');
}
