import { oneLine, type Paint, padTo, type Style, widthOf } from './terminal.ts';

/** A text with the style it is shown in. */
export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}

export interface Column<T> {
  readonly header: string;
  readonly cell: (row: T) => string | Cell;
}

export interface TableOptions {
  readonly paint: Paint;
  readonly indent?: string;
  /** Widths of an earlier table, for rows that follow it. */
  readonly widths?: readonly number[];
  readonly headless?: boolean;
}

export interface RenderedTable {
  readonly lines: readonly string[];
  readonly widths: readonly number[];
}

const gap = '   ';

/** Aligned columns, three spaces apart; the last one is not padded. */
export function layTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  options: TableOptions,
): RenderedTable {
  const cells = rows.map((row) => columns.map((column) => cellOf(column.cell(row))));
  const widths = columns.map((column, index) => columnWidth(column.header, cells, index, options.widths));
  const header = columns.map(({ header }): Cell => ({ text: header, style: 'bold' }));
  const shown = options.headless ? cells : [header, ...cells];
  return { widths, lines: shown.map((line) => layLine(line, widths, options)) };
}

export function renderTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  options: TableOptions,
): string {
  return layTable(columns, rows, options).lines.join('\n');
}

function cellOf(given: string | Cell): Cell {
  const cell = typeof given === 'string' ? { text: given } : given;
  return { ...cell, text: oneLine(cell.text) || '-' };
}

function columnWidth(
  header: string,
  rows: readonly (readonly Cell[])[],
  index: number,
  least: readonly number[] | undefined,
): number {
  let width = Math.max(widthOf(header), least?.[index] ?? 0);
  for (const row of rows) width = Math.max(width, widthOf(row[index]?.text ?? ''));
  return width;
}

function layLine(
  line: readonly Cell[],
  widths: readonly number[],
  { paint, indent = '' }: TableOptions,
): string {
  const parts = line.map(({ text, style }, index) => {
    const padded = index === line.length - 1 ? text : padTo(text, widths[index] ?? 0);
    return style ? paint(style, padded) : padded;
  });
  return indent + parts.join(gap);
}
