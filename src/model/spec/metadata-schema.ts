import { Type } from '../schema/schema-words.ts';

/** A DNS label (RFC 1123): the name of a namespace, and of a bot, since bot names become labels elsewhere. */
export const dnsLabelPattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
/** A DNS subdomain (RFC 1123): the name of most Kubernetes resources. */
export const dnsSubdomainPattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

export const botNameSchema = Type.String({ minLength: 1, maxLength: 63, pattern: dnsLabelPattern });
export const nameSchema = Type.String({ minLength: 1, maxLength: 253, pattern: dnsSubdomainPattern });

const texts = Type.Record(Type.String(), Type.String());

/**
 * What a Kubernetes API server adds: a manifest exported by `get -o yaml` has it, and declares nothing by it.
 */
const serverSide = {
  creationTimestamp: Type.Optional(Type.Unknown()),
  deletionGracePeriodSeconds: Type.Optional(Type.Unknown()),
  deletionTimestamp: Type.Optional(Type.Unknown()),
  finalizers: Type.Optional(Type.Unknown()),
  generation: Type.Optional(Type.Unknown()),
  managedFields: Type.Optional(Type.Unknown()),
  ownerReferences: Type.Optional(Type.Unknown()),
  resourceVersion: Type.Optional(Type.Unknown()),
  selfLink: Type.Optional(Type.Unknown()),
  uid: Type.Optional(Type.Unknown()),
};

/** `metadata` of a manifest whose `name` is as `schema` says. */
export function metadataSchema(schema: typeof nameSchema) {
  return Type.Object(
    {
      name: schema,
      namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 63, pattern: dnsLabelPattern })),
      labels: Type.Optional(texts),
      annotations: Type.Optional(texts),
      ...serverSide,
    },
    { additionalProperties: false },
  );
}
