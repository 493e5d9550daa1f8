import { isElsewhere } from '../decide/blocked.ts';
import { fleetTag } from '../model/identity.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import { AccountKeeper } from './account-keeper.ts';
import { CreateAdmission } from './admission.ts';
import type { CloudSite } from './cloud-site.ts';
import { type Engine, openBooks } from './engine.ts';
import { FleetGate } from './fleet-gate.ts';
import { FleetKeeper } from './fleet-keeper.ts';
import { Graveyard } from './graveyard.ts';
import { OrphanSweep } from './orphan-sweep.ts';
import type { EngineParts } from './parts.ts';
import { Sites } from './sites.ts';
import type { WorkQueue } from './work-queue.ts';

interface Hooks {
  readonly onSituation: (site: CloudSite) => void;
  readonly changed: () => void;
}

/** By drift, at most 1 + 5 % of the fleet is re-created at once (hard-cases.md, "Replacement"). */
const replacementShare = 0.05;

/** Wires the engine's books to the queue; nothing runs yet. */
export function buildEngine(parts: EngineParts, queue: WorkQueue<ResourceKey>, hooks: Hooks): Engine {
  const { source, clock, log, settings } = parts;
  const books = openBooks(clock, settings.settlingWindow);
  const call = (keys: readonly ResourceKey[]) => {
    for (const key of keys) queue.add(key);
  };
  const keeper = new FleetKeeper(parts, call);
  const graves = new Graveyard(source, clock);
  const gate = new FleetGate(source, settings);
  const { leadership } = parts;
  const { owners } = books;
  const orphans = new OrphanSweep({ source, owners, keeper, graves, clock, log, settings, leadership });
  const accounts = new AccountKeeper(parts, books.quota, call);
  const { maxConcurrentCreates } = settings;
  const maxReplacements = () => 1 + Math.floor([...source.bots()].length * replacementShare);
  const sites = new Sites(source, parts.clouds, {
    admissionOf: ({ budget }) =>
      new CreateAdmission({
        clock,
        budget,
        maxConcurrentCreates,
        maxReplacements,
        call: (key) => queue.add(key),
      }),
    clock,
    log,
    fleetTag: () => fleetTag(source.fleet().state.fleetID),
    pollMs: settings.pollInterval,
    sweepMs: settings.sweepInterval,
    beforeFirstView: (site) => beforeFirstView(engine, site),
    onDroplets: (ids) => {
      for (const id of ids) callOwner(id);
    },
    onListing: (site) => takeListing(engine, site),
    onSituation: hooks.onSituation,
  });
  const engine: Engine = { ...parts, ...books, sites, keeper, graves, gate, orphans, accounts };
  const callOwner = (id: number) => {
    const key = books.owners.ofDroplet(id) ?? ownerByName(engine, id);
    if (key) queue.add(key, { priority: 'routine' });
    hooks.changed();
  };
  return engine;
}

async function beforeFirstView(engine: Engine, site: CloudSite): Promise<void> {
  await bindCloud(engine, site);
  await engine.gate.check(site);
}

/** With each listing: a take-over beside the running controller lets the fleet be bound anew. */
async function bindCloud({ sites, keeper }: Engine, site: CloudSite): Promise<void> {
  const { identity } = site.situation();
  if (identity && site === sites.own()) await keeper.bindCloud(identity);
}

function ownerByName(engine: Engine, id: number): ResourceKey | undefined {
  for (const site of engine.sites.all()) {
    const uid = site.view.uidOf(id);
    const key = uid === undefined ? site.watcherOf(id) : engine.owners.ofUID(uid);
    if (key) return key;
  }
  return undefined;
}

/** Bots whose recorded droplet should be in the site's view and is not, and not by our own doing. */
function missing(engine: Engine, site: CloudSite): ResourceKey[] {
  const { identity } = site.situation();
  const keys: ResourceKey[] = [];
  for (const { key, status, deletion } of engine.source.bots()) {
    const { droplet, operation } = status;
    if (!droplet?.seen || deletion || operation?.type === 'Redeploy') continue;
    if (!isElsewhere(droplet.cloud, identity) && site.view.sight(droplet.id).kind !== 'seen') keys.push(key);
  }
  return keys;
}

/** Suspicions first, before any bot acts on what the listing misses. */
async function takeListing(engine: Engine, site: CloudSite): Promise<void> {
  engine.keeper.recreations.suspect(missing(engine, site));
  try {
    await bindCloud(engine, site);
    await engine.orphans.sweep(site);
  } catch (error) {
    engine.log.warn(
      { err: error },
      'a listing could not be dealt with to its end; the next one is tried again',
    );
  }
}
