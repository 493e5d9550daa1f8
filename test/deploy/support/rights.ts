import { at, listAt, type Manifest, ofKind } from './manifest.ts';

const list = (rule: unknown, field: string) => listAt(rule, field).map(String).sort();

/** One line for each verb: `ROLE: VERB GROUP/RESOURCE [NAMES]`, the core group being `core`; sorted. */
export function rightsIn(manifests: readonly Manifest[]): readonly string[] {
  return rolesIn(manifests)
    .flatMap((role) => listAt(role, 'rules').flatMap((rule) => linesOf(role.metadata.name, rule)))
    .sort();
}

export function rolesIn(manifests: readonly Manifest[]): readonly Manifest[] {
  return [...ofKind(manifests, 'ClusterRole'), ...ofKind(manifests, 'Role')];
}

function linesOf(role: string, rule: unknown): readonly string[] {
  const names = list(rule, 'resourceNames');
  const suffix = names.length > 0 ? ` ${names.join(',')}` : '';
  return list(rule, 'verbs').flatMap((verb) =>
    list(rule, 'apiGroups').flatMap((group) =>
      list(rule, 'resources').map((resource) => `${role}: ${verb} ${group || 'core'}/${resource}${suffix}`),
    ),
  );
}

/** One line for each binding: `WHERE: KIND ROLE to SUBJECTS`; sorted. */
export function bindingsIn(manifests: readonly Manifest[]): readonly string[] {
  return [...ofKind(manifests, 'ClusterRoleBinding'), ...ofKind(manifests, 'RoleBinding')]
    .map((binding) => {
      const subjects = listAt(binding, 'subjects').map(
        (one) => `${at(one, 'kind')} ${at(one, 'namespace')}/${at(one, 'name')}`,
      );
      const where = binding.metadata.namespace ?? 'everywhere';
      return `${where}: ${at(binding, 'roleRef', 'kind')} ${at(binding, 'roleRef', 'name')} to ${subjects.join(', ')}`;
    })
    .sort();
}
