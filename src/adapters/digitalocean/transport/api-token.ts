/** Characters that an HTTP header may carry and a token is made of. */
const usable = /^[\x21-\x7e]+$/;

/** A token that shows itself only to the request it authorises: never in JSON, logs or error messages. */
export class APIToken {
  readonly #value: string;

  constructor(value: string | undefined) {
    this.#value = value?.trim() ?? '';
  }

  /** Why no request can be made with it; undefined when one can. */
  get flaw(): string | undefined {
    if (this.#value === '') return 'no DigitalOcean token is given';
    return usable.test(this.#value) ? undefined : 'the DigitalOcean token holds characters that no token has';
  }

  get authorization(): string {
    return `Bearer ${this.#value}`;
  }

  /** `text` without the token, should the other side have echoed it. */
  redact(text: string): string {
    return this.#value === '' ? text : text.replaceAll(this.#value, '[token]');
  }
}
