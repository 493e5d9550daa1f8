import { usageError } from './user-error.ts';

/** Most calls of one token; what DigitalOcean grants unless its headers say otherwise. */
export interface RateLimit {
  readonly perMinute: number;
  readonly perHour: number;
}

/** https://docs.digitalocean.com/reference/api/, "Rate Limit". */
export const defaultRateLimit: RateLimit = { perMinute: 250, perHour: 5_000 };

const partPattern = /^([1-9]\d{0,8})\/(min|hour)$/;

/** `250/min,5000/hour`, or one of the two; undefined for `off`. */
export function parseRateLimit(text: string): RateLimit | undefined {
  if (text === 'off') return undefined;
  const limit = { ...defaultRateLimit };
  for (const part of text.split(',')) {
    const match = partPattern.exec(part.trim());
    if (!match) throw badRateLimit(text);
    if (match[2] === 'min') limit.perMinute = Number(match[1]);
    else limit.perHour = Number(match[1]);
  }
  return limit;
}

export function formatRateLimit(limit: RateLimit): string {
  return `${limit.perMinute}/min,${limit.perHour}/hour`;
}

function badRateLimit(text: string): Error {
  return usageError(
    `--rate-limit must look like 250/min,5000/hour or be off, got ${JSON.stringify(text)}.`,
    'Give either part or both, separated by a comma.',
  );
}
