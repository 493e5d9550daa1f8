import type { CallOptions } from '../../../ports/cloud.ts';
import { asObject, parseJSON } from './malformed-answer.ts';

/** For answers whose body says nothing. */
export function nothing(): void {}

/** Reads the one thing that an answer holds under `field`. */
export function under<T>(field: string, read: (json: unknown) => T): (body: string) => T {
  return (body) => read(asObject<Record<string, unknown>>(parseJSON(body), 'answer')[field]);
}

/** For every call after the first: a permit pays for one request. */
export function withoutPermit({ permit: _spent, ...rest }: CallOptions): CallOptions {
  return rest;
}
