import { group, version } from '../manifest/kinds.ts';
import { yamlText } from '../manifest/yaml-text.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { accountDefinition, botDefinition, type Definition } from './definitions.ts';
import { type StructuralSchema, structuralSchema } from './structural-schema.ts';

/** A CustomResourceDefinition as plain data. */
export interface CRD {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: StructuralSchema;
}

/** With a definition go all its objects: tools that deploy from git or a chart leave it where it is. */
const keepAnnotations = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/**
 * One writer owns the whole status, so its ownership need not be kept field by field, which makes each write of it a
 * third cheaper for the API server and the objects a fifth smaller.
 */
const ownedAsOne = { 'x-kubernetes-map-type': 'atomic' };

export const botCrd: CRD = crd(botDefinition);
export const accountCrd: CRD = crd(accountDefinition);

/** The definitions as YAML, as `kubectl apply -f -` takes them. */
export function crdManifests(): string {
  return [accountCrd, botCrd].map(crdYaml).join('---\n');
}

export function crdYaml(definition: CRD): string {
  return yamlText(definition);
}

function crd(definition: Definition): CRD {
  const { names } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}`, annotations: keepAnnotations },
    spec: {
      group,
      names: { ...names, listKind: `${names.kind}List`, categories: ['clawfleet'] },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: objectSchema(definition) },
          subresources: { status: {} },
          additionalPrinterColumns: definition.columns,
        },
      ],
    },
  };
}

function objectSchema({
  description,
  name,
  spec,
  status,
  specRequired,
  extensions,
}: Definition): StructuralSchema {
  const { maxLength, pattern } = name as SchemaNode;
  return {
    description,
    type: 'object',
    ...(specRequired ? { required: ['spec'] } : {}),
    properties: {
      apiVersion: { type: 'string', description: 'Version of the schema of this object.' },
      kind: { type: 'string', description: 'Kind of this object.' },
      metadata: { type: 'object', properties: { name: { type: 'string', maxLength, pattern } } },
      spec: structuralSchema(spec as SchemaNode, extensions, ['spec']),
      status: { ...structuralSchema(status as SchemaNode, extensions, ['status']), ...ownedAsOne },
    },
  };
}
