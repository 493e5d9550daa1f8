import { usageError } from './user-error.ts';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

const wholePattern = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
const partPattern = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds of `500ms`, `120s`, `2m`, `1h30m`; `flag` is named in the error for anything else. */
export function parseDuration(text: string, flag: string): number {
  if (text === '0') return 0;
  if (!wholePattern.test(text)) {
    throw usageError(
      `${flag} must be a duration, got ${JSON.stringify(text)}.`,
      'Give a number with a unit: 500ms, 120s, 2m, 1h30m.',
    );
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(partPattern)) total += Number(amount) * unitMs[unit as Unit];
  return total;
}

/** The shortest exact form: 120000 is `2m`, 90000 is `90s`, 1500 is `1500ms`. */
export function formatDuration(milliseconds: number): string {
  const units = ['d', 'h', 'm', 's'] as const;
  const unit = units.find((each) => milliseconds >= unitMs[each] && milliseconds % unitMs[each] === 0);
  return unit ? `${milliseconds / unitMs[unit]}${unit}` : `${milliseconds}ms`;
}
