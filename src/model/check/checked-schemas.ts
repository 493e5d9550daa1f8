import type { SchemaNode } from '../schema/schema-node.ts';
import { type TSchema, Type } from '../schema/schema-words.ts';
import { accountSpecSchema } from '../spec/account-spec.ts';
import { botSpecSchema } from '../spec/bot-spec.ts';
import { botNameSchema, metadataSchema, nameSchema } from '../spec/metadata-schema.ts';

const texts = Type.Record(Type.String(), Type.String());
const typeMeta = { apiVersion: Type.String(), kind: Type.String() };
/** Exported by `get -o yaml`; a manifest declares nothing by it. */
const status = Type.Optional(Type.Unknown());

export const botManifestSchema = Type.Object(
  { ...typeMeta, metadata: metadataSchema(botNameSchema), spec: botSpecSchema, status },
  { additionalProperties: false },
);

export const accountManifestSchema = Type.Object(
  { ...typeMeta, metadata: metadataSchema(nameSchema), spec: Type.Optional(accountSpecSchema), status },
  { additionalProperties: false },
);

export const secretManifestSchema = Type.Object(
  {
    ...typeMeta,
    metadata: metadataSchema(nameSchema),
    type: Type.Optional(Type.String()),
    immutable: Type.Optional(Type.Boolean()),
    data: Type.Optional(texts),
    stringData: Type.Optional(texts),
  },
  { additionalProperties: false },
);

/** Stands for another schema of this list. */
interface Reference {
  readonly $ref: string;
}

type Checked = Omit<SchemaNode, 'properties'> & {
  readonly properties?: Readonly<Record<string, SchemaNode | Reference>>;
};

/** A spec that stands alone is checked at its place below `spec`, where its rules look for it. */
function ofSpec($ref: string): Checked {
  return { type: 'object', required: ['spec'], properties: { spec: { $ref } } };
}

function withSpec(manifest: TSchema, $ref: string): Checked {
  const { properties, ...rest } = manifest as SchemaNode;
  return { ...rest, properties: { ...properties, spec: { $ref } } };
}

/** Every schema that values are checked against, under the name of its generated check. */
export const checkedSchemas = {
  botSpec: botSpecSchema as TSchema as Checked,
  accountSpec: accountSpecSchema as TSchema as Checked,
  bot: ofSpec('botSpec'),
  account: ofSpec('accountSpec'),
  botManifest: withSpec(botManifestSchema, 'botSpec'),
  accountManifest: withSpec(accountManifestSchema, 'accountSpec'),
  secretManifest: secretManifestSchema as TSchema as Checked,
} as const;
