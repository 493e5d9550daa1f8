import type { FleetState } from '../../../model/fleet-state.ts';
import { apiVersion } from '../../../model/manifest/kinds.ts';
import { parseManifests } from '../../../model/manifest/parse-manifests.ts';
import { problemText } from '../../../model/problem.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { EditResult, FieldClaim, FieldEdit, SourceEditor } from '../../../ports/source-reader.ts';
import { type KubeAPI, patchType } from '../client/kube-api.ts';
import type { KubeObject } from '../client/kube-object.ts';
import { resourcePath } from '../client/resource-path.ts';
import { fieldClaims } from './field-claims.ts';
import { fleetConfigMapName, fleetData, fleetStateOf } from './fleet/fleet-config-map.ts';
import { botType, type ConfigMapObject, configMapType } from './objects.ts';

/** What people change by command is theirs, not the controller's. */
const fieldManager = 'clawfleet-cli';
/** Others may write the fleet's record so often while it is changed. */
const mostTries = 10;

export interface KubernetesEditorOptions {
  readonly client: KubeAPI;
  /** Of the controller: where the fleet's record is kept. */
  readonly namespace: string;
}

/** Changes Bots and the fleet's record under the user's own rights. Closing leaves the client open. */
export function kubernetesEditor({ client, namespace }: KubernetesEditorOptions): SourceEditor {
  return {
    edit: (key, edits) => editBot(client, key, edits),
    claims: (key, edits) => claimsOn(client, key, edits),
    editFleet: (change) => editFleet(client, namespace, change),
    add: (manifest, name) => addBot(client, manifest, name),
  };
}

/** A patch of these fields alone: whatever else is edited meanwhile stays. */
async function editBot(client: KubeAPI, key: ResourceKey, edits: readonly FieldEdit[]): Promise<EditResult> {
  const [namespace = '', name = ''] = key.split('/');
  const path = resourcePath(botType, { namespace, name });
  const before = await client.request<KubeObject>('GET', path);
  const query = { fieldManager };
  const body = { metadata: { uid: before.metadata.uid }, ...patchOf(edits) };
  const after = await client.request<KubeObject>('PATCH', path, {
    query,
    body,
    contentType: patchType.merge,
  });
  const changed = after.metadata.generation !== before.metadata.generation;
  return { where: `Bot ${key} at ${client.host}`, changed };
}

/** Nobody declares a bot that is not there yet. */
async function claimsOn(
  client: KubeAPI,
  key: ResourceKey,
  edits: readonly Pick<FieldEdit, 'path'>[],
): Promise<readonly FieldClaim[]> {
  if (edits.length === 0) return [];
  const [namespace = '', name = ''] = key.split('/');
  const object = await client.request<KubeObject>('GET', resourcePath(botType, { namespace, name }));
  return fieldClaims(object, edits);
}

/** `{spec: {powerState: 'Stopped'}}` of `['spec', 'powerState']` and its value. */
function patchOf(edits: readonly FieldEdit[]): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const { path, value } of edits) {
    const parents = path.slice(0, -1);
    const last = path.at(-1);
    if (last === undefined) continue;
    let place = patch;
    for (const field of parents) place = childOf(place, field);
    place[last] = value;
  }
  return patch;
}

function childOf(parent: Record<string, unknown>, field: string): Record<string, unknown> {
  const child = (parent[field] ?? {}) as Record<string, unknown>;
  parent[field] = child;
  return child;
}

async function editFleet(
  client: KubeAPI,
  namespace: string,
  change: (state: FleetState) => FleetState,
): Promise<FleetState> {
  const path = resourcePath(configMapType, { namespace, name: fleetConfigMapName });
  for (let tries = 1; ; tries += 1) {
    const object = await client.request<ConfigMapObject>('GET', path);
    const state = change(fleetStateOf(object));
    const { data: _, binaryData: __, ...rest } = object;
    try {
      const body = { ...rest, ...fleetData(state) };
      await client.request<ConfigMapObject>('PUT', path, { query: { fieldManager }, body });
      return state;
    } catch (error) {
      if (!faultOf(error, 'conflict') || tries >= mostTries) throw error;
    }
  }
}

async function addBot(client: KubeAPI, text: string, name: string): Promise<EditResult> {
  const { manifests, problems } = parseManifests(text, name);
  const [problem] = [...problems, ...manifests.flatMap((manifest) => manifest.problems)];
  const [manifest] = manifests;
  if (problem || !manifest) {
    const why = problem ? problemText(problem) : `${name}: declares nothing`;
    throw new PortError({ kind: 'refused', reason: 'Invalid', httpStatus: 0 }, why);
  }
  const { namespace, name: botName } = manifest;
  if (manifest.kind !== 'Bot') throw new Error(`a ${manifest.kind} is no Bot`);
  const body = { apiVersion, kind: 'Bot', metadata: { namespace, name: botName }, spec: manifest.spec };
  await client.request('POST', resourcePath(botType, { namespace }), { query: { fieldManager }, body });
  return { where: `namespace ${namespace} at ${client.host}`, changed: true };
}
