import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { Answered } from './support.ts';

/** DigitalOcean's own description of its API; it stays outside the checkout. */
const DESCRIPTION = new URL('../../../../shared/reference/digitalocean-openapi-core.json', import.meta.url);

export const isDescribed = existsSync(DESCRIPTION);

// biome-ignore lint/suspicious/noExplicitAny: someone else's document
type Document = any;

/** Checks answers against the description: a status that it knows, the body's schema and the headers. */
export class OpenAPICheck {
  readonly #document: Document = JSON.parse(readFileSync(DESCRIPTION, 'utf8'));
  readonly #ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  readonly #validators = new Map<string, ValidateFunction>();
  /** Every `METHOD /path status` that was checked. */
  readonly seen = new Set<string>();

  constructor() {
    formats.default(this.#ajv);
    this.#ajv.addSchema(this.#document, 'description');
  }

  check(method: string, path: string, { status, headers, body }: Answered): void {
    const template = this.#templateOf(path);
    const { responses } = this.#document.paths[template][method.toLowerCase()];
    const response = this.#resolve(responses[status] ?? responses.default);
    const label = `${method} ${template} ${status}`;
    this.seen.add(label);
    for (const header of Object.keys(response.headers ?? {})) {
      if (header.startsWith('ratelimit'))
        assert.match(headers[header] ?? 'none', /^\d+$/, `${label}: ${header}`);
    }
    if (response.content === undefined) {
      assert.equal(body, undefined, `${label}: no body is described`);
      return;
    }
    assert.match(headers['content-type'] ?? 'none', /^application\/json/, label);
    const validate = this.#validator(responses[status] ?? responses.default);
    assert.ok(validate(body), `${label}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`);
  }

  #templateOf(path: string): string {
    const given = path.split('?')[0]?.split('/') ?? [];
    const fits = (template: string) => {
      const segments = template.split('/');
      return (
        segments.length === given.length &&
        segments.every((part, at) => part.startsWith('{') || part === given[at])
      );
    };
    const templates = Object.keys(this.#document.paths).filter(fits);
    const literal = templates.toSorted((a, b) => a.split('{').length - b.split('{').length)[0];
    assert.ok(literal, `${path} is not described`);
    return literal;
  }

  #resolve(node: Document): Document {
    const ref: string | undefined = node.$ref;
    if (ref === undefined) return node;
    return ref
      .split('/')
      .slice(1)
      .reduce((at, part) => at[part], this.#document);
  }

  #validator({ $ref }: { $ref: string }): ValidateFunction {
    let validate = this.#validators.get($ref);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: `description${$ref}/content/application~1json/schema` });
      this.#validators.set($ref, validate);
    }
    return validate;
  }
}
