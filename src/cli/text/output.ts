import { once } from 'node:events';

/** Writes `text` with a newline; resolves when the stream takes more, so that a slow pipe is not flooded. */
export async function printTo(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stream.write(`${text}\n`)) await once(stream, 'drain');
}

/** For people only: nothing that a pipe should carry on. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true;
}
