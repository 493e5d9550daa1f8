const longest = 64;

/**
 * A bot's name for people as the service before clawfleet made it: whatever is not `[A-Za-z0-9 _-]` becomes
 * `_`, then trimmed, at most 64 characters. Empty when `name` is nothing but spaces.
 */
export function normaliseDisplayName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9 _-]/gu, '_')
    .trim()
    .slice(0, longest)
    .trimEnd();
}

/** The name a bot goes by: the declared one, or that of its resource. */
export function displayNameOf(declared: string | undefined, resourceName: string): string {
  return normaliseDisplayName(declared ?? '') || normaliseDisplayName(resourceName);
}
