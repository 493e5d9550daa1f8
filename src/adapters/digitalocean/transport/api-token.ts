/** Characters allowed in an HTTP header and used in tokens. */
const usable = /^[\x21-\x7e]+$/;

/**
 * A token that only the request it authorises gets to see: it never appears in JSON, logs or error messages.
 */
export class APIToken {
  readonly #value: string;

  constructor(value: string | undefined) {
    this.#value = value?.trim() ?? '';
  }

  /** Why no request can be made with the token; undefined if it is usable. */
  get flaw(): string | undefined {
    if (this.#value === '') return 'there is no DigitalOcean token';
    return usable.test(this.#value)
      ? undefined
      : 'the DigitalOcean token contains characters that no token has';
  }

  get authorization(): string {
    return `Bearer ${this.#value}`;
  }

  /** `text` without the token, in case the other side has echoed it. */
  redact(text: string): string {
    return this.#value === '' ? text : text.replaceAll(this.#value, '[token]');
  }
}
