/** RFC 3339 with exactly six digits, the only form that a MicroTime field takes. `at`: epoch ms, fractions allowed. */
export function microTime(at: number): string {
  const micros = Math.round(at * 1000);
  const rest = ((micros % 1000) + 1000) % 1000;
  const stamp = new Date((micros - rest) / 1000).toISOString();
  return `${stamp.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
