import { createHash } from 'node:crypto';
import { isObject } from '../api/json-body.ts';

/** What the journal keeps of a body: user-data holds tokens, so that only its size and SHA-256 are kept. */
export function journalBody(body: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { unparsed: summary(body) };
  }
  if (!isObject(parsed) || typeof parsed['user_data'] !== 'string') return parsed;
  return { ...parsed, user_data: summary(parsed['user_data']) };
}

function summary(text: string): object {
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}
