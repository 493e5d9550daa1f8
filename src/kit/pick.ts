/** A copy of `object` without `keys`. */
export function omit<T extends object, K extends keyof T>(object: T, ...keys: K[]): Omit<T, K> {
  const copy = { ...object };
  for (const key of keys) delete copy[key];
  return copy;
}

/** A copy of `object` with `keys` only; those that it lacks stay absent. */
export function pick<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  const copy: Partial<T> = {};
  for (const key of keys) if (object[key] !== undefined) copy[key] = object[key];
  return copy as Pick<T, K>;
}
