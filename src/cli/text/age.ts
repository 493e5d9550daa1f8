const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Below `limit` an age is shown in `unit`, and while it has few of those, in `rest` too. */
const steps = [
  { limit: 2 * minute, unit: second, name: 's' },
  { limit: 10 * minute, unit: minute, name: 'm', rest: second, restName: 's' },
  { limit: 3 * hour, unit: minute, name: 'm' },
  { limit: 8 * hour, unit: hour, name: 'h', rest: minute, restName: 'm' },
  { limit: 2 * day, unit: hour, name: 'h' },
  { limit: 8 * day, unit: day, name: 'd', rest: hour, restName: 'h' },
  { limit: Number.POSITIVE_INFINITY, unit: day, name: 'd' },
] as const;

/** An age as kubectl shows it: 45s, 5m30s, 90m, 3h20m, 30h, 2d3h, 400d. */
export function formatAge(milliseconds: number): string {
  const age = Math.max(0, milliseconds);
  const step = steps.find(({ limit }) => age < limit);
  if (!step) return '-';
  const text = `${Math.floor(age / step.unit)}${step.name}`;
  if (!('rest' in step)) return text;
  const rest = Math.floor((age % step.unit) / step.rest);
  return rest > 0 ? `${text}${rest}${step.restName}` : text;
}

/** Age of an ISO 8601 time; `-` when the text is not one. */
export function ageSince(iso: string | undefined, now: number): string {
  const then = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(then) ? '-' : formatAge(now - then);
}
