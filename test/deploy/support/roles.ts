import type { KubeAPI } from '../../../src/adapters/kubernetes/client/kube-api.ts';
import type { KubeObject } from '../../../src/adapters/kubernetes/client/kube-object.ts';
import type { AuditedRequest } from './audit.ts';

const api = '/apis/rbac.authorization.k8s.io/v1';

/** The roles bound to the controller, by their paths at the API server. */
export const controllerRoles = [
  `${api}/clusterroles/clawfleet-bots`,
  `${api}/clusterroles/clawfleet-cluster`,
  `${api}/clusterroles/clawfleet-secrets`,
  `${api}/namespaces/clawfleet-system/roles/clawfleet-state`,
] as const;

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** One verb on one resource, as one role grants it. */
export interface Right {
  readonly role: string;
  readonly rule: PolicyRule;
  /** As `get core/secrets`, `update coordination.k8s.io/leases clawfleet`. */
  readonly name: string;
}

interface Role extends KubeObject {
  readonly rules: readonly PolicyRule[];
}

export async function rightsOf(client: KubeAPI, role: string): Promise<readonly Right[]> {
  const { rules } = await client.request<Role>('GET', role);
  return rules.flatMap(singly).map((rule) => ({ role, rule, name: nameOf(rule) }));
}

function singly({ apiGroups, resources, verbs, resourceNames }: PolicyRule): readonly PolicyRule[] {
  const named = resourceNames && { resourceNames };
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.map((verb) => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...named })),
    ),
  );
}

function nameOf({ apiGroups: [group], resources: [resource], verbs: [verb], resourceNames }: PolicyRule) {
  return [verb, `${group || 'core'}/${resource}`, ...(resourceNames ?? [])].join(' ');
}

/** Whether it was this right that the request needed. */
export function needs({ verb, resource, name = '' }: AuditedRequest, { rule }: Right): boolean {
  const { apiGroups, resources, verbs, resourceNames } = rule;
  return (
    resource === `${apiGroups[0] || 'core'}/${resources[0]}` &&
    verb === verbs[0] &&
    (resourceNames?.includes(name) ?? true)
  );
}

/** Gives the role these rights alone. */
export async function grant(client: KubeAPI, role: string, rights: readonly Right[]): Promise<void> {
  const present = await client.request<Role>('GET', role);
  await client.request('PUT', role, { body: { ...present, rules: rights.map(({ rule }) => rule) } });
}

/** Whether `user` may make that request now. */
export async function mayDo(client: KubeAPI, user: string, request: AuditedRequest): Promise<boolean> {
  const { verb, resource: path, namespace = '', name = '' } = request;
  const [group = '', resource, subresource = ''] = path.split('/');
  const resourceAttributes = {
    verb,
    group: group === 'core' ? '' : group,
    resource,
    subresource,
    namespace,
    name,
  };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups: ['system:authenticated'], resourceAttributes },
  };
  const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { status } = await client.request<{ status: { allowed: boolean } }>('POST', reviews, { body });
  return status.allowed;
}
