import type { FleetState } from '../../../../model/fleet-state.ts';
import { faultOf, PortError } from '../../../../ports/port-error.ts';
import type { FleetRecord } from '../../../../ports/source.ts';
import { replace } from '../../client/apply.ts';
import { compareVersions, type ObjectMeta } from '../../client/kube-object.ts';
import type { ConfigMapObject } from '../objects.ts';
import { fleetConfigMapName, fleetData, fleetStateOf } from './fleet-config-map.ts';
import { createRecord, type FleetOptions, makeRecord, readRecord, recordPath } from './fleet-record-store.ts';

interface Kept {
  readonly state: FleetState;
  readonly metadata: ObjectMeta;
}

/** Keeps the fleet's own record in step with its ConfigMap, to which other processes may write it too. */
export class KubernetesFleetStore {
  /** Why the record as it stands now cannot be read; the last good one stays in force. */
  problem: string | undefined;
  readonly #options: FleetOptions;
  readonly #path: string;
  readonly #fresh: boolean;
  #kept: Kept;

  /** Reads the record, or makes it where there is none. */
  static async open(options: FleetOptions): Promise<KubernetesFleetStore> {
    const found = await readRecord(options);
    const made = found ? undefined : await makeRecord(options);
    const object = found ?? made ?? (await readRecord(options));
    if (object) return new KubernetesFleetStore(options, required(object, options), made !== undefined);
    throw new PortError({ kind: 'conflict' }, 'the fleet’s record comes and goes: somebody else is at it');
  }

  private constructor(options: FleetOptions, kept: Kept, fresh: boolean) {
    this.#options = options;
    this.#path = recordPath(options);
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
    const object = await readRecord(this.#options);
    if (object) this.#take(object);
    else await this.#restore(wanted);
  }

  /** Deleted by somebody while it is in use: without it the fleet would not know its droplets. */
  async #restore(state = this.#kept.state): Promise<void> {
    const { client, namespace, log } = this.#options;
    try {
      this.#kept = keptOf(await createRecord(client, namespace, state));
      log.warn({ fleet: state.fleetID }, `${this.#path} was deleted while in use and is made again`);
    } catch (error) {
      if (!faultOf(error, 'conflict')) log.error({ err: error }, `${this.#path} could not be made again`);
    }
  }
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
