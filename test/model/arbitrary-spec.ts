import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { valueAt } from '../../src/model/schema/field-path.ts';
import type { SchemaNode } from '../../src/model/schema/schema-node.ts';
import { accountSpecSchema } from '../../src/model/spec/account-spec.ts';
import { type BotSpec, botSpecSchema } from '../../src/model/spec/bot-spec.ts';
import { botRules } from '../../src/model/spec/rules.ts';

/** Any value that `schema` allows. */
function arbitraryOf(schema: SchemaNode): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 - 1 });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1e6, noNaN: true });
    default:
      return textOf(schema);
  }
}

function objectOf({ properties = {}, required = [] }: SchemaNode): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, node]) => [name, arbitraryOf(node)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required], noNullPrototype: true });
}

/** Without half surrogates, which no file in UTF-8 can hold. */
function textOf({ pattern, minLength = 0, maxLength = 64 }: SchemaNode): fc.Arbitrary<string> {
  const any = pattern
    ? fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: Math.min(maxLength, 80) })
    : fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 20) });
  return any.filter((text) => text.length >= minLength && text.length <= maxLength && text.isWellFormed());
}

/** The rules across fields, which the schema cannot say. */
function keepsRules(spec: unknown): boolean {
  return botRules.every((rule) => {
    const self = valueAt({ spec }, rule.at);
    return self === undefined || rule.holds(self);
  });
}

type ApiKey = NonNullable<BotSpec['llm']>['apiKey'];

/** Where chance seldom meets a rule across fields, it is helped. */
function nudged(spec: BotSpec): BotSpec {
  const { trading, llm } = spec;
  return {
    ...spec,
    ...(trading ? { trading: nudgedTrading(trading) } : {}),
    ...(llm ? { llm: { ...llm, apiKey: nudgedKey(llm.apiKey) } } : {}),
  };
}

function nudgedKey({ secretRef, encrypted = 'abc' }: ApiKey): ApiKey {
  return secretRef ? { secretRef } : { encrypted };
}

function nudgedTrading({ assets, ...trading }: NonNullable<BotSpec['trading']>): BotSpec['trading'] & object {
  return trading.assetFocus === 'custom' ? { ...trading, assets: assets ?? ['BTC'] } : trading;
}

function of(schema: TSchema): fc.Arbitrary<unknown> {
  return arbitraryOf(schema as SchemaNode);
}

export const arbitraryBotSpec: fc.Arbitrary<BotSpec> = of(botSpecSchema)
  .map((spec) => nudged(spec as BotSpec))
  .filter(keepsRules);

export const arbitraryAccountSpec: fc.Arbitrary<unknown> = of(accountSpecSchema);
