import { once } from 'node:events';
import { styleText } from 'node:util';
import stringWidth from 'string-width';

/** Writes `text` with a newline; resolves when the stream takes more, so that a slow pipe is not flooded. */
export async function printTo(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stream.write(`${text}\n`)) await once(stream, 'drain');
}

/** For people only: nothing that a pipe should carry on. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true;
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Puts `text` in a style. Its width stays the same. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Colours if `stream` is a terminal that shows them and NO_COLOR is not set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const sample = styleText('red', 'x', { stream });
  return sample === 'x' ? plain : (style, text) => styleText(style, text, { validateStream: false });
}

const printableASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter();

/** Columns that `text` takes on a terminal. */
export function widthOf(text: string): number {
  return printableASCII.test(text) ? text.length : stringWidth(text);
}

export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Unstyled `text`, cut to `width` columns with an ellipsis at the end. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** What came from outside, made harmless for a terminal: control characters become spaces. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
