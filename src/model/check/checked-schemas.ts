import type { SchemaNode } from '../schema/schema-node.ts';
import type { TSchema } from '../schema/schema-words.ts';
import { accountSpecSchema } from '../spec/account-spec.ts';
import { botSpecSchema } from '../spec/bot-spec.ts';
import { accountManifestSchema, botManifestSchema, secretManifestSchema } from './manifest-schemas.ts';

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
