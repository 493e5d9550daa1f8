import { gunzipSync, gzipSync } from 'node:zlib';
import type { FleetState } from '../../../../model/fleet-state.ts';
import { PortError } from '../../../../ports/port-error.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import type { KubeObject } from '../../client/kube-object.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { type ConfigMapObject, namespaceType } from '../objects.ts';

/** Name of the ConfigMap that holds the fleet's own record. */
export const fleetConfigMapName = 'clawfleet-fleet';

const plainKey = 'fleet.json';
const packedKey = 'fleet.json.gz';
/** A ConfigMap holds 1 MiB; thousands of tombstones after a great deletion must fit in too, packed. */
const longestPlain = 262_144;
const longestUnpacked = 67_108_864;

type Data = Pick<ConfigMapObject, 'data' | 'binaryData'>;

/** Readable while it is short. */
export function fleetData(state: FleetState): Data {
  const text = JSON.stringify(state, null, 2);
  return text.length <= longestPlain
    ? { data: { [plainKey]: text } }
    : { binaryData: { [packedKey]: gzipSync(JSON.stringify(state)).toString('base64') } };
}

/** Throws a PortError when somebody has damaged it. */
export function fleetStateOf({ metadata, data, binaryData }: ConfigMapObject): FleetState {
  const where = `ConfigMap ${metadata.namespace}/${metadata.name}`;
  try {
    const packed = binaryData?.[packedKey];
    const text =
      packed === undefined
        ? data?.[plainKey]
        : gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: longestUnpacked }).toString();
    const state: unknown = JSON.parse(text ?? '');
    if (isFleetState(state)) return state;
  } catch (error) {
    throw damaged(where, error);
  }
  throw damaged(where, undefined);
}

function isFleetState(value: unknown): value is FleetState {
  if (typeof value !== 'object' || value === null) return false;
  const { fleetID, boundTo, holds, confirmed, tombstones } = value as Partial<FleetState>;
  const lists = [holds, tombstones, confirmed?.delete, confirmed?.recreate];
  return typeof fleetID === 'string' && typeof boundTo === 'string' && lists.every(Array.isArray);
}

function damaged(where: string, cause: unknown): PortError {
  return new PortError(
    { kind: 'refused', reason: 'FleetUnreadable', httpStatus: 0 },
    `${where} does not hold a fleet's record that can be read: restore it from a backup, or delete it and run \`clawfleet fleet recover\``,
    cause instanceof Error ? { cause } : undefined,
  );
}

/** Which cluster this is: the uid of its namespace kube-system, which lives as long as the cluster does. */
export async function clusterIdentity(client: KubeAPI): Promise<string> {
  const path = resourcePath(namespaceType, { name: 'kube-system' });
  const { metadata } = await client.request<KubeObject>('GET', path);
  return `kubernetes:${metadata.uid}`;
}
