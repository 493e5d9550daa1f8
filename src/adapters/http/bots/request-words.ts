/** The token of an `Authorization: Bearer …`; undefined when there is none that could be one (RFC 6750). */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
}

/** The tag of an If-None-Match of one tag, without quotes. A list, or `*`, sets no condition: the config is served. */
export function singleTagOf(ifNoneMatch: string | undefined): string | undefined {
  return /^(?:W\/)?"([\x21\x23-\x7e]{1,256})"$/.exec(ifNoneMatch?.trim() ?? '')?.[1];
}

/** `30s`, `500ms` or `0`. */
export const waitPattern = '^(0|[0-9]{1,6}(ms|s))$';

/** Milliseconds of what has the form of `waitPattern`. */
export function waitMsOf(text: string | undefined): number {
  const [, amount = '0', unit] = /^(\d+)(ms|s)?$/.exec(text ?? '0') ?? [];
  return Number(amount) * (unit === 's' ? 1_000 : 1);
}
