import type { Figure } from './figure.ts';

const head = ['FIGURE', 'VALUE', 'AIM', 'UNIT', '', 'WHAT'];
/** Columns of numbers, which are set to the right. */
const numbers: ReadonlySet<number> = new Set([1, 2]);

/** The figures for people, a line each. */
export function table(figures: readonly Figure[]): string {
  const lines = [head, ...figures.map(row)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const aligned = (cell: string, column: number) =>
    numbers.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return lines.map((line) => line.map(aligned).join('  ').trimEnd()).join('\n');
}

function row({ name, value, unit, aim, met, what }: Figure): string[] {
  const verdict = met === null ? '' : met ? 'met' : 'MISSED';
  return [name, written(value), aim === null ? '' : `≤ ${written(aim)}`, unit, verdict, what];
}

/** Three digits that matter, at least. */
function written(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
}
