import type { CallOptions } from '../../../ports/cloud.ts';

/** A success whose body lacks what the route promises. The client catches it and knows what it means. */
export class MalformedAnswer extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'MalformedAnswer';
  }
}

/** The value of a JSON body; an empty or broken one is malformed. */
export function parseJSON(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MalformedAnswer(error instanceof Error ? error.message : String(error));
  }
}

/** An object whose fields are still unknown. */
export function asObject<T extends object>(value: unknown, what: string): Partial<T> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new MalformedAnswer(`${what} is not an object`);
}

export function asArray(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new MalformedAnswer(`${what} is not an array`);
}

export function asString(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new MalformedAnswer(`${what} is not a string`);
}

export function asNumber(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  throw new MalformedAnswer(`${what} is not a number`);
}

/** Reads answers whose body does not matter. */
export function nothing(): void {}

/** Reads the one thing that an answer has under `field`. */
export function under<T>(field: string, read: (json: unknown) => T): (body: string) => T {
  return (body) => read(asObject<Record<string, unknown>>(parseJSON(body), 'answer')[field]);
}

/** The options for every call after the first: a permit pays for one request. */
export function withoutPermit({ permit: _spent, ...rest }: CallOptions): CallOptions {
  return rest;
}
