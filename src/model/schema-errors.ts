import type { FieldPath } from './field-path.ts';
import type { SchemaNode } from './schema-node.ts';

/** A keyword of the schema that a value breaks, at a place below it. */
export interface SchemaError {
  readonly path: FieldPath;
  readonly keyword: keyof SchemaNode;
  /** The fields that are missing, or unknown. */
  readonly names: readonly string[];
}

/** A bound against documents made to waste time; nobody reads past it. */
const mostErrors = 200;
const noNames: readonly string[] = [];
const patterns = new Map<string, RegExp>();

/** In what `value` breaks the schema, outermost first, at most 200. Lengths count code points, as in Kubernetes. */
export function schemaErrors(schema: SchemaNode, value: unknown): readonly SchemaError[] {
  const check = new Check();
  check.value(schema, value);
  return check.errors;
}

type Mapping = Readonly<Record<string, unknown>>;
type Bound = 'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'minItems' | 'maxItems';

class Check {
  readonly errors: SchemaError[] = [];
  readonly #path: (string | number)[] = [];

  value(node: SchemaNode, value: unknown): void {
    if (!hasType(node.type, value)) this.#broken('type');
    else this.#content(node, value);
  }

  #content(node: SchemaNode, value: unknown): void {
    if (node.enum && !node.enum.some((one) => one === value)) this.#broken('enum');
    if (typeof value === 'string') this.#text(node, value);
    else if (typeof value === 'number') this.#bounds(value, node, 'minimum', 'maximum');
    else if (Array.isArray(value)) this.#list(node, value);
    else if (isMapping(value)) this.#mapping(node, value);
  }

  #text(node: SchemaNode, text: string): void {
    if (node.minLength !== undefined || node.maxLength !== undefined)
      this.#bounds([...text].length, node, 'minLength', 'maxLength');
    if (node.pattern !== undefined && !matches(node.pattern, text)) this.#broken('pattern');
  }

  #bounds(amount: number, node: SchemaNode, least: Bound, most: Bound): void {
    if (amount < (node[least] ?? Number.NEGATIVE_INFINITY)) this.#broken(least);
    if (amount > (node[most] ?? Number.POSITIVE_INFINITY)) this.#broken(most);
  }

  #list(node: SchemaNode, list: readonly unknown[]): void {
    this.#bounds(list.length, node, 'minItems', 'maxItems');
    if (!node.items) return;
    for (let index = 0; index < list.length; index += 1) this.#below(index, node.items, list[index]);
  }

  #mapping(node: SchemaNode, mapping: Mapping): void {
    this.#names(node, mapping);
    const { properties = {}, patternProperties = {} } = node;
    for (const name in properties) {
      const field = properties[name];
      if (field && Object.hasOwn(mapping, name) && mapping[name] !== undefined)
        this.#below(name, field, mapping[name]);
    }
    for (const [pattern, field] of Object.entries(patternProperties))
      for (const name of Object.keys(mapping))
        if (matches(pattern, name)) this.#below(name, field, mapping[name]);
  }

  #names({ properties = {}, required = noNames, additionalProperties }: SchemaNode, mapping: Mapping): void {
    const missing = required.filter((name) => !Object.hasOwn(mapping, name) || mapping[name] === undefined);
    if (missing.length > 0) this.#broken('required', missing);
    if (additionalProperties !== false) return;
    const unknown = Object.keys(mapping).filter((name) => !Object.hasOwn(properties, name));
    if (unknown.length > 0) this.#broken('additionalProperties', unknown);
  }

  #below(step: string | number, node: SchemaNode, value: unknown): void {
    this.#path.push(step);
    this.value(node, value);
    this.#path.pop();
  }

  #broken(keyword: keyof SchemaNode, names = noNames): void {
    if (this.errors.length < mostErrors) this.errors.push({ path: [...this.#path], keyword, names });
  }
}

function hasType(type: SchemaNode['type'], value: unknown): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'object':
      return isMapping(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(pattern: string, text: string): boolean {
  const known = patterns.get(pattern);
  if (known) return known.test(text);
  const made = new RegExp(pattern, 'u');
  patterns.set(pattern, made);
  return made.test(text);
}
