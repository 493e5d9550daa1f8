import type { FleetState } from '../../../model/fleet-state.ts';
import { newFleetID, newFleetState } from '../../../model/new-fleet.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { FleetRecord } from '../../../ports/source.ts';
import type { ApiClient } from '../client/api-client.ts';
import { create, replace } from '../client/apply.ts';
import { compareVersions, type ObjectMeta } from '../client/kube-object.ts';
import { resourcePath } from '../client/resource-path.ts';
import { fleetConfigMapName, fleetData, fleetStateOf } from './fleet-config-map.ts';
import { type ConfigMapObject, configMapType } from './objects.ts';

export interface FleetOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Where the record is kept. */
  readonly namespace: string;
  /** Identity of the source as it is now. */
  readonly boundNow: string;
  /** The id a new fleet gets, and that a present one must have; undefined: made by chance, and any. */
  readonly fleetID: string | undefined;
  /** The id that a record had which somebody deleted; asked for only where there is none. */
  readonly formerID: () => Promise<string | undefined>;
}

interface Kept {
  readonly state: FleetState;
  readonly metadata: ObjectMeta;
}

/** Keeps the fleet's own record in step with its ConfigMap, to which other processes may write it too. */
export class FleetKeeper {
  /** Why the record as it stands now cannot be read; the last good one stays in force. */
  problem: string | undefined;
  readonly #options: FleetOptions;
  readonly #path: string;
  readonly #fresh: boolean;
  #kept: Kept;

  /** Reads the record, or makes it where there is none. */
  static async open(options: FleetOptions): Promise<FleetKeeper> {
    const found = await read(options);
    const made = found ? undefined : await make(options);
    const object = found ?? made ?? (await read(options));
    if (object) return new FleetKeeper(options, required(object, options), made !== undefined);
    throw new PortError({ kind: 'conflict' }, 'the fleet’s record comes and goes: somebody else is at it');
  }

  private constructor(options: FleetOptions, kept: Kept, fresh: boolean) {
    this.#options = options;
    this.#path = pathOf(options);
    this.#kept = kept;
    this.#fresh = fresh;
  }

  record(): FleetRecord {
    const { state, metadata } = this.#kept;
    const { boundNow } = this.#options;
    return { state, version: metadata.resourceVersion, boundNow, fresh: this.#fresh };
  }

  async save(state: FleetState, version: string): Promise<FleetRecord> {
    const metadata = { ...this.#kept.metadata, resourceVersion: version };
    const next = { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...fleetData(state) };
    try {
      this.#kept = keptOf(await replace<ConfigMapObject>(this.#options.client, this.#path, next));
      return this.record();
    } catch (error) {
      if (faultOf(error, 'conflict', 'doubtful', 'absent')) await this.#reread(state);
      throw faultOf(error, 'doubtful', 'absent') ? moved(error) : error;
    }
  }

  /** What a watch shows: the record, or that it is gone. True when it is another one than known. */
  seen(object: ConfigMapObject | undefined): boolean {
    if (!object) {
      void this.#restore();
      return false;
    }
    if (compareVersions(object.metadata.resourceVersion, this.#kept.metadata.resourceVersion) <= 0)
      return false;
    return this.#take(object);
  }

  #take(object: ConfigMapObject): boolean {
    const before = this.problem;
    try {
      this.#kept = keptOf(object);
      this.problem = undefined;
      return true;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return this.problem !== before;
    }
  }

  /** So that a caller who tries again starts from what is there. */
  async #reread(wanted: FleetState): Promise<void> {
    const object = await read(this.#options);
    if (object) this.#take(object);
    else await this.#restore(wanted);
  }

  /** Deleted by somebody while it is in use: without it the fleet would not know its droplets. */
  async #restore(state = this.#kept.state): Promise<void> {
    const { client, namespace, log } = this.#options;
    try {
      const path = resourcePath(configMapType, { namespace });
      this.#kept = keptOf(await create<ConfigMapObject>(client, path, manifest(namespace, state)));
      log.warn({ fleet: state.fleetID }, `${this.#path} was deleted while in use and is made again`);
    } catch (error) {
      if (!faultOf(error, 'conflict')) log.error({ err: error }, `${this.#path} could not be made again`);
    }
  }
}

function pathOf({ namespace }: Pick<FleetOptions, 'namespace'>): string {
  return resourcePath(configMapType, { namespace, name: fleetConfigMapName });
}

async function read(options: FleetOptions): Promise<ConfigMapObject | undefined> {
  try {
    return await options.client.request<ConfigMapObject>('GET', pathOf(options));
  } catch (error) {
    if (faultOf(error, 'absent')) return undefined;
    throw error;
  }
}

/** Undefined when another process was quicker. */
async function make(options: FleetOptions): Promise<ConfigMapObject | undefined> {
  const { client, chance, clock, namespace, boundNow } = options;
  const createdAt = new Date(clock.now()).toISOString();
  const fleetID = options.fleetID ?? (await options.formerID()) ?? newFleetID(() => chance.random());
  const state = newFleetState(fleetID, boundNow, createdAt);
  try {
    return await create(client, resourcePath(configMapType, { namespace }), manifest(namespace, state));
  } catch (error) {
    if (faultOf(error, 'conflict')) return undefined;
    throw error;
  }
}

function manifest(namespace: string, state: FleetState): object {
  const labels = { 'app.kubernetes.io/name': 'clawfleet' };
  const metadata = { namespace, name: fleetConfigMapName, labels };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...fleetData(state) };
}

function keptOf(object: ConfigMapObject): Kept {
  const { managedFields: _, ...metadata } = object.metadata as ObjectMeta & { managedFields?: unknown };
  return { state: fleetStateOf(object), metadata };
}

function required(object: ConfigMapObject, { fleetID, namespace }: FleetOptions): Kept {
  const kept = keptOf(object);
  const stored = kept.state.fleetID;
  if (fleetID === undefined || fleetID === stored) return kept;
  throw new PortError(
    { kind: 'refused', reason: 'FleetMismatch', httpStatus: 0 },
    `ConfigMap ${namespace}/${fleetConfigMapName} belongs to fleet ${stored}, not ${fleetID}: leave out the fleet id, or give another namespace`,
  );
}

function moved(cause: unknown): PortError {
  return new PortError({ kind: 'conflict' }, 'the fleet’s record has moved on', { cause });
}
