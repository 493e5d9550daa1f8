/** At the start of a line: where it ends up when files with such a mark are joined. No text of a manifest begins there. */
const mark = /^\uFEFF/gm;

/** `text` less the byte order marks at the start of it and of its lines. */
export function withoutByteOrderMarks(text: string): string {
  return text.replaceAll(mark, '');
}

/** Where in `text` stands what is at `offset` of it without its byte order marks. */
export function offsetAmongMarks(text: string, offset: number): number {
  const places = [...text.matchAll(mark)].map(({ index }, before) => index - before);
  return offset + places.filter((place) => place <= offset).length;
}
