import stringWidth from 'string-width';

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
