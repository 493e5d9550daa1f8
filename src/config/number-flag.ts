import { usageError } from './user-error.ts';

/** A whole number from `least` up. */
export function parseCount(text: string, flag: string, least: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) {
    throw usageError(
      `${flag} must be a whole number of at least ${least}, got ${JSON.stringify(text)}.`,
      `For example ${flag} ${Math.max(least, 10)}.`,
    );
  }
  return value;
}

/** One of `choices`. */
export function parseChoice<T extends string>(text: string, flag: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) {
    throw usageError(`${flag} cannot be ${JSON.stringify(text)}.`, `Give one of: ${choices.join(', ')}.`);
  }
  return found;
}
