import { accountDefinition, botDefinition, type Definition } from '../../../model/definitions.ts';
import { dnsLabelPattern } from '../../../model/metadata-schema.ts';
import { keywordsOf, type SchemaNode } from '../../../model/schema-node.ts';

/** A schema as `$jsonSchema` takes it. */
export type MongoSchema = Readonly<Record<string, unknown>>;

const kept = [
  'description',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'required',
  'additionalProperties',
] as const satisfies readonly (keyof SchemaNode)[];

export const botValidator: MongoSchema = validatorOf(botDefinition);
export const accountValidator: MongoSchema = validatorOf(accountDefinition);

/** What a document must be; the rules between fields are the controller's to check. `status` is its own, too. */
function validatorOf({ name, spec, specRequired }: Definition): MongoSchema {
  const texts = { bsonType: 'object', additionalProperties: { bsonType: 'string' } };
  const nameNode = mongoSchema(name as SchemaNode);
  return {
    $jsonSchema: {
      bsonType: 'object',
      required: specRequired ? ['_id', 'spec'] : ['_id'],
      properties: {
        _id: { bsonType: 'string', pattern: idPattern(name as SchemaNode), description: 'namespace/name' },
        metadata: {
          bsonType: 'object',
          properties: {
            name: nameNode,
            namespace: { bsonType: 'string' },
            labels: texts,
            annotations: texts,
          },
        },
        spec: mongoSchema(spec as SchemaNode),
      },
    },
  };
}

function idPattern({ pattern = '.*' }: SchemaNode): string {
  const within = (whole: string) => whole.replace(/^\^|\$$/g, '');
  return `^${within(dnsLabelPattern)}/${within(pattern)}$`;
}

function mongoSchema(node: SchemaNode): MongoSchema {
  const { items, properties, patternProperties } = node;
  return {
    ...typeOf(node),
    ...keywordsOf(node, kept),
    ...(items && { items: mongoSchema(items) }),
    ...(properties && { properties: mapped(properties) }),
    ...(patternProperties && { patternProperties: mapped(patternProperties) }),
  };
}

function mapped(nodes: Readonly<Record<string, SchemaNode>>): MongoSchema {
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, mongoSchema(node)]));
}

/** Shells and drivers write a whole number as whichever numeric type they have. */
function typeOf({ type = 'string' }: SchemaNode): MongoSchema {
  if (type === 'integer') return { bsonType: 'number', multipleOf: 1 };
  return { bsonType: type === 'boolean' ? 'bool' : type };
}
