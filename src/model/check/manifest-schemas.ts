import { Type } from '../schema/schema-words.ts';
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
