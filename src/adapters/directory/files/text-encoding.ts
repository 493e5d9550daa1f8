import { isUtf8 } from 'node:buffer';

const byteOrderMarks: readonly (readonly [name: string, mark: readonly number[]])[] = [
  // Before UTF-16, whose mark it begins with.
  ['UTF-32LE', [0xff, 0xfe, 0, 0]],
  ['UTF-32BE', [0, 0, 0xfe, 0xff]],
  ['UTF-16LE', [0xff, 0xfe]],
  ['UTF-16BE', [0xfe, 0xff]],
];

/** Where the NULs are among the first four bytes of ASCII text in an encoding without a byte order mark. */
const nulPatterns: readonly (readonly [name: string, pattern: string])[] = [
  ['UTF-32LE', 'x000'],
  ['UTF-32BE', '000x'],
  ['UTF-16LE', 'x0x0'],
  ['UTF-16BE', '0x0x'],
];

/** Why `bytes` are not text in UTF-8, by the name of the encoding they seem to have and how to convert them; undefined when they are. */
export function encodingFault(bytes: Buffer): string | undefined {
  const wide = wideEncoding(bytes);
  if (wide) return `is text in ${wide}, not in UTF-8; ${conversion(wide)}`;
  if (isUtf8(bytes)) return undefined;
  const offset = firstFault(bytes);
  const line = bytes.subarray(0, offset).toString('latin1').split('\n').length;
  const byte = `0x${(bytes[offset] ?? 0).toString(16).toUpperCase()}`;
  // Windows-1252 is Latin-1 with letters where that has control characters.
  return `is not text in UTF-8: byte ${byte} in line ${line} looks like Latin-1 (Windows-1252); ${conversion('WINDOWS-1252')}`;
}

function wideEncoding(bytes: Buffer): string | undefined {
  const marked = byteOrderMarks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return marked[0];
  const pattern = [...bytes.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
  return nulPatterns.find(([, known]) => known === pattern)?.[0];
}

function conversion(encoding: string): string {
  const powerShell = encoding.startsWith('UTF-') ? ' (in PowerShell: Out-File -Encoding utf8)' : '';
  return `save it as UTF-8${powerShell}, or convert it: iconv -f ${encoding} -t UTF-8 FILE > NEW`;
}

/** What a decoder puts in place of what it cannot read; a text may hold one itself. */
const replacement = '\uFFFD';
const replacementBytes = Buffer.from(replacement);

/** Offset of the first byte that is no part of UTF-8. */
function firstFault(bytes: Buffer): number {
  let offset = 0;
  for (const piece of bytes.toString('utf8').split(replacement)) {
    offset += Buffer.byteLength(piece);
    if (bytes.indexOf(replacementBytes, offset) !== offset) return offset;
    offset += replacementBytes.length;
  }
  return offset;
}
