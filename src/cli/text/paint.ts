import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Puts `text` in a style. Its width stays the same. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Colours if `stream` is a terminal that shows them and NO_COLOR is not set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const sample = styleText('red', 'x', { stream });
  return sample === 'x' ? plain : (style, text) => styleText(style, text, { validateStream: false });
}
