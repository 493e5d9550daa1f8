import { type FleetState, newFleetID, newFleetState } from '../../../../model/fleet-state.ts';
import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Log } from '../../../../ports/log.ts';
import { faultOf } from '../../../../ports/port-error.ts';
import { create } from '../../client/apply.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { type ConfigMapObject, configMapType } from '../objects.ts';
import { fleetConfigMapName, fleetData } from './fleet-config-map.ts';

export interface FleetOptions {
  readonly client: KubeAPI;
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

export function recordPath({ namespace }: Pick<FleetOptions, 'namespace'>): string {
  return resourcePath(configMapType, { namespace, name: fleetConfigMapName });
}

/** Undefined when there is none. */
export async function readRecord(
  options: Pick<FleetOptions, 'client' | 'namespace'>,
): Promise<ConfigMapObject | undefined> {
  try {
    return await options.client.request<ConfigMapObject>('GET', recordPath(options));
  } catch (error) {
    if (faultOf(error, 'absent')) return undefined;
    throw error;
  }
}

/** Undefined when another process was quicker. */
export async function makeRecord(options: FleetOptions): Promise<ConfigMapObject | undefined> {
  const { client, chance, clock, namespace, boundNow } = options;
  const createdAt = new Date(clock.now()).toISOString();
  const fleetID = options.fleetID ?? (await options.formerID()) ?? newFleetID(() => chance.random());
  const configKey = Buffer.from(chance.bytes(32)).toString('base64');
  const state = { ...newFleetState(fleetID, boundNow, createdAt), configKey };
  try {
    return await createRecord(client, namespace, state);
  } catch (error) {
    if (faultOf(error, 'conflict')) return undefined;
    throw error;
  }
}

/** `conflict` when there is one already. */
export function createRecord(
  client: KubeAPI,
  namespace: string,
  state: FleetState,
): Promise<ConfigMapObject> {
  const labels = { 'app.kubernetes.io/name': 'clawfleet' };
  const metadata = { namespace, name: fleetConfigMapName, labels };
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...fleetData(state) };
  return create(client, resourcePath(configMapType, { namespace }), body);
}
