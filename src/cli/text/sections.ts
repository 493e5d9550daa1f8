import { oneLine, type Paint, padTo, plain, type Style, widthOf } from './terminal.ts';

/** A labelled line; left out when it has nothing to say. */
export type Field = readonly [label: string, value: string | undefined, style?: Style | undefined];

/** `label:  value` lines, values aligned. */
export function fieldLines(fields: readonly Field[], indent = '', paint: Paint = plain): string[] {
  const shown = fields.filter(([, value]) => value);
  const width = Math.max(0, ...shown.map(([label]) => widthOf(label) + 1));
  return shown.map(([label, value = '', style]) => {
    const text = oneLine(value);
    return `${indent}${padTo(`${label}:`, width)}  ${style ? paint(style, text) : text}`;
  });
}

/** A headed block; nothing when there is nothing below the heading. */
export function section(heading: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', `${heading}:`), ...lines];
}
