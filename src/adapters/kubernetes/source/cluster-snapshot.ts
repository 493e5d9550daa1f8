import { byKey } from '../../../kit/by-key.ts';
import type { FleetState } from '../../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import { faultOf } from '../../../ports/port-error.ts';
import type { KubeAPI } from '../client/kube-api.ts';
import { keyOf } from '../client/kube-object.ts';
import { resourcePath } from '../client/resource-path.ts';
import { FirstStatuses } from './cache/first-status.ts';
import { accountRecord, botRecord } from './cache/object-records.ts';
import { hasOwnStatus, isTouched, ownStatus } from './cache/own-status.ts';
import { clusterIdentity, fleetConfigMapName, fleetStateOf } from './fleet/fleet-config-map.ts';
import type { KubernetesReaderOptions } from './kubernetes-options.ts';
import { listAll } from './list-all.ts';
import {
  type AccountObject,
  accountType,
  type BotObject,
  botType,
  type ConfigMapObject,
  configMapType,
} from './objects.ts';

/** Something that not every user may read: what it is, or why it could not be read. */
type Sight<T> = { readonly value: T } | { readonly error: unknown };

/** Everything of a cluster that commands show, as read once; then changed piece by piece. */
export class ClusterSnapshot {
  readonly #bots = new Map<ResourceKey, BotRecord>();
  readonly #accounts = new Map<ResourceKey, AccountRecord>();
  readonly #fleet: Sight<FleetState | undefined>;
  readonly #identity: Sight<string>;
  readonly #firstStatuses: FirstStatuses;

  static async take(options: KubernetesReaderOptions): Promise<ClusterSnapshot> {
    const { client, namespace, namespaces } = options;
    const fleet = sight(readFleet(client, namespace));
    const identity = sight(clusterIdentity(client));
    const snapshot = new ClusterSnapshot(options, await fleet, await identity);
    await Promise.all([
      listAll<BotObject>(client, botType, namespaces, (object) => snapshot.putBot(object)),
      listAll<AccountObject>(client, accountType, namespaces, (object) => snapshot.putAccount(object)),
    ]);
    return snapshot;
  }

  private constructor(
    { clock, log }: KubernetesReaderOptions,
    fleet: Sight<FleetState | undefined>,
    identity: Sight<string>,
  ) {
    this.#firstStatuses = new FirstStatuses({
      fleet: () => ('value' in fleet ? fleet.value : undefined),
      clock,
      log,
    });
    this.#fleet = fleet;
    this.#identity = identity;
  }

  bots(): BotRecord[] {
    return [...this.#bots.values()].sort(byKey);
  }

  accounts(): AccountRecord[] {
    return [...this.#accounts.values()].sort(byKey);
  }

  /** Throws what reading it came to. */
  fleet(): FleetState | undefined {
    return valueIn(this.#fleet);
  }

  /** Throws what reading it came to. */
  boundNow(): string {
    return valueIn(this.#identity);
  }

  putBot(object: BotObject): void {
    const key = keyOf(object);
    const before = this.#bots.get(key);
    const lastGood = before?.uid === object.metadata.uid ? before.spec : undefined;
    const first = hasOwnStatus(object) ? undefined : this.#firstStatuses.of(object);
    const status = first ?? ownStatus(object);
    const touched = first !== undefined || isTouched(object, false);
    const context = { lastGood, status, touched, wholesale: undefined };
    this.#bots.set(key, botRecord(object, context));
  }

  putAccount(object: AccountObject): void {
    this.#accounts.set(keyOf(object), accountRecord(object, undefined));
  }

  dropBot(key: ResourceKey): void {
    this.#bots.delete(key);
  }

  dropAccount(key: ResourceKey): void {
    this.#accounts.delete(key);
  }

  keepOnly(bots: ReadonlySet<string>, accounts: ReadonlySet<string>): void {
    for (const key of this.#bots.keys()) if (!bots.has(key)) this.#bots.delete(key);
    for (const key of this.#accounts.keys()) if (!accounts.has(key)) this.#accounts.delete(key);
  }
}

/** Undefined where no controller ever ran. */
async function readFleet(client: KubeAPI, namespace: string): Promise<FleetState | undefined> {
  const path = resourcePath(configMapType, { namespace, name: fleetConfigMapName });
  try {
    return fleetStateOf(await client.request<ConfigMapObject>('GET', path));
  } catch (error) {
    if (faultOf(error, 'absent')) return undefined;
    throw error;
  }
}

async function sight<T>(reading: Promise<T>): Promise<Sight<T>> {
  try {
    return { value: await reading };
  } catch (error) {
    return { error };
  }
}

function valueIn<T>(seen: Sight<T>): T {
  if ('error' in seen) throw seen.error;
  return seen.value;
}
