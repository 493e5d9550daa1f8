import { valueAt } from '../../../model/schema/field-path.ts';
import type { FieldClaim, FieldEdit } from '../../../ports/source-reader.ts';
import type { FieldsEntry, KubeObject, ObjectMeta } from '../client/kube-object.ts';

type Told = Omit<FieldClaim, 'field'>;

/** Where kubectl keeps what a client-side apply sent. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Who else declares a field that `edits` set, by the object's managedFields: tools that apply it again some day. */
export function fieldClaims(
  { metadata }: KubeObject,
  edits: readonly Pick<FieldEdit, 'path'>[],
): FieldClaim[] {
  return edits.flatMap(({ path }) =>
    claimsOf(metadata, path).map((claim) => ({ field: path.join('.'), ...claim })),
  );
}

function claimsOf(metadata: ObjectMeta, path: readonly string[]): Told[] {
  const applied = appliedBefore(metadata);
  const isApplied = applied !== undefined && valueAt(applied, path) !== undefined;
  const told = (metadata.managedFields ?? [])
    .filter((entry) => !entry.subresource && owns(entry, path))
    // Who creates an object also owns what the definition fills in; what was applied is on record beside it.
    .filter(({ operation }) => operation === 'Apply' || applied === undefined || isApplied)
    .flatMap((entry) => toldOf(entry, metadata) ?? []);
  // Somebody else may have taken the field since; the next apply of the manifest sets it all the same.
  return told.length === 0 && isApplied ? [clientSideApply] : told;
}

/** `fieldsV1` names a field `f:spec` and nests what is below it. */
function owns({ fieldsV1 }: FieldsEntry, path: readonly string[]): boolean {
  const steps = path.map((part) => `f:${part}`);
  return valueAt(fieldsV1, steps) !== undefined;
}

/** What the last client-side apply sent; undefined where there was none. */
function appliedBefore({ annotations }: ObjectMeta): unknown {
  try {
    return JSON.parse(annotations?.[lastApplied] ?? '');
  } catch {
    // Nothing, or what somebody has written by hand: kubectl itself says so at its next apply.
    return undefined;
  }
}

const clientSideApply: Told = {
  owner: 'kubectl apply',
  consequence: 'the next `kubectl apply` of its manifest puts its own value back',
  instead: 'change it in the manifest and apply that',
};

/** Undefined for who merely changed the field once, as `kubectl edit` and clawfleet itself do. */
function toldOf({ manager, operation }: FieldsEntry, metadata: ObjectMeta): Told | undefined {
  const known = toolOf(manager, operation, metadata);
  if (known || operation !== 'Apply') return known;
  return {
    owner: manager,
    consequence:
      'its next server-side apply is refused with a conflict on the field, or forces its own value',
    instead: `change it where ${manager} takes it from`,
  };
}

function toolOf(manager: string, operation: string, metadata: ObjectMeta): Told | undefined {
  switch (manager) {
    case 'helm':
      return helm(operation, metadata);
    case 'helm-controller':
      return fluxHelm(metadata);
    case 'kustomize-controller':
      return fluxKustomize(metadata);
    case 'argocd-controller':
      return argo(metadata);
    case 'kubectl-client-side-apply':
      return clientSideApply;
    case 'kubectl':
      return operation === 'Apply' ? serverSideApply : undefined;
    default:
      return undefined;
  }
}

const serverSideApply: Told = {
  owner: 'kubectl apply --server-side',
  consequence: 'its next run is refused with a conflict on the field',
  instead: clientSideApply.instead,
};

/** Helm 4 applies server-side and heeds who owns a field; Helm 3 merges by itself. */
function helm(operation: string, { annotations = {}, namespace }: ObjectMeta): Told {
  const release = annotations['meta.helm.sh/release-name'] ?? 'RELEASE';
  const place = annotations['meta.helm.sh/release-namespace'] ?? namespace;
  return {
    owner: `Helm (release ${release} in ${place})`,
    consequence:
      operation === 'Apply'
        ? 'the next `helm upgrade` is refused with a conflict on the field, or with --force-conflicts puts its own value back'
        : 'where its chart sets the field, the next `helm upgrade` puts its own value back',
    instead: `set it in the chart’s values and run \`helm upgrade ${release} -n ${place}\``,
  };
}

function fluxHelm({ labels = {} }: ObjectMeta): Told {
  const release = labelled(labels, 'helm.toolkit.fluxcd.io');
  return {
    owner: `Flux (HelmRelease ${release})`,
    consequence: 'its next upgrade puts its own value back, at once where drift detection is on',
    instead: `set it in the values of that HelmRelease, in git`,
  };
}

function fluxKustomize({ labels = {} }: ObjectMeta): Told {
  const kustomization = labelled(labels, 'kustomize.toolkit.fluxcd.io');
  return {
    owner: `Flux (Kustomization ${kustomization})`,
    consequence: 'its next reconciliation, within minutes, puts its own value back',
    instead: 'change it in git; to keep Flux off meanwhile, `flux suspend kustomization`',
  };
}

function labelled(labels: Readonly<Record<string, string>>, prefix: string): string {
  return `${labels[`${prefix}/namespace`] ?? '?'}/${labels[`${prefix}/name`] ?? '?'}`;
}

function argo({ annotations = {}, labels = {} }: ObjectMeta): Told {
  const [tracked] = annotations['argocd.argoproj.io/tracking-id']?.split(':') ?? [];
  const app = tracked ?? labels['app.kubernetes.io/instance'];
  return {
    owner: app === undefined ? 'Argo CD' : `Argo CD (Application ${app})`,
    consequence: 'it counts as out of sync, and the next sync puts its own value back, at once with selfHeal',
    instead: 'change it in git',
  };
}
