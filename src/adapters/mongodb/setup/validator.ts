import { accountDefinition, botDefinition, type Definition } from '../../../model/crd/definitions.ts';
import { keywordsOf, type SchemaNode } from '../../../model/schema/schema-node.ts';
import { dnsLabelPattern } from '../../../model/spec/metadata-schema.ts';
import { mapperFields } from '../source/document/read-values.ts';

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

const ofMappers = { [`^(${mapperFields.join('|')})$`]: {} };

export const botValidator: MongoSchema = validatorOf(botDefinition);
export const accountValidator: MongoSchema = validatorOf(accountDefinition);

/** What a document must be; the rules between fields are the controller's to check. `status` is its own, too. */
function validatorOf({ name, spec, specRequired }: Definition): MongoSchema {
  const texts = { bsonType: ['object', 'null'], additionalProperties: { bsonType: ['string', 'date'] } };
  const nameNode = mongoSchema(name as SchemaNode, true);
  return {
    $jsonSchema: {
      bsonType: 'object',
      required: specRequired ? ['_id', 'spec'] : ['_id'],
      properties: {
        _id: { bsonType: 'string', pattern: idPattern(name as SchemaNode), description: 'namespace/name' },
        metadata: {
          bsonType: ['object', 'null'],
          properties: {
            name: nameNode,
            namespace: { bsonType: ['string', 'null'] },
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

/** Mappers write null for what is undeclared, and fields of their own, both of which the controller passes over. */
function mongoSchema(node: SchemaNode, isOptional = false): MongoSchema {
  const { items, properties, patternProperties, required = [] } = node;
  const optional = (name: string) => !required.includes(name);
  return {
    ...typesOf(node, isOptional),
    ...keywordsOf(node, kept),
    ...(node.enum && isOptional && { enum: [...node.enum, null] }),
    ...(items && { items: mongoSchema(items) }),
    ...(properties && { properties: mapped(properties, optional), patternProperties: ofMappers }),
    ...(patternProperties && { patternProperties: mapped(patternProperties, () => false) }),
  };
}

function mapped(
  nodes: Readonly<Record<string, SchemaNode>>,
  isOptional: (name: string) => boolean,
): MongoSchema {
  return Object.fromEntries(
    Object.entries(nodes).map(([name, node]) => [name, mongoSchema(node, isOptional(name))]),
  );
}

function typesOf(node: SchemaNode, isOptional: boolean): MongoSchema {
  const types = [...bsonTypes(node), ...(isOptional ? ['null'] : [])];
  const bsonType = types.length === 1 ? types[0] : types;
  return { bsonType, ...(node.type === 'integer' && { multipleOf: 1 }) };
}

/** Of all values that the controller takes: a whole number in whichever numeric type, a date or a UUID as text. */
function bsonTypes({ type = 'string', enum: values, pattern }: SchemaNode): readonly string[] {
  if (type === 'integer') return ['number'];
  if (type === 'boolean') return ['bool'];
  if (type !== 'string' || values) return [type];
  return pattern === undefined ? ['string', 'binData', 'date'] : ['string', 'binData'];
}
