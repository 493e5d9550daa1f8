import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodingFault } from '../../../../src/adapters/directory/files/text-encoding.ts';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const utf32le = (text: string) =>
  Buffer.from([...text].flatMap((letter) => [letter.codePointAt(0) ?? 0, 0, 0, 0]));
const utf32be = (text: string) =>
  Buffer.from([...text].flatMap((letter) => [0, 0, 0, letter.codePointAt(0) ?? 0]));

describe('encodingFault()', () => {
  for (const text of ['', 'a', 'kind: Bot\n', '\uFEFFkind: Bot\n', 'name: Grüße 🦞 \uFFFD\n']) {
    it(`finds none in ${JSON.stringify(text)}`, () => {
      assert.equal(encodingFault(Buffer.from(text)), undefined);
    });
  }

  for (const [name, bytes] of [
    ['UTF-16LE', Buffer.from('kind: Bot\n', 'utf16le')],
    ['UTF-16LE', Buffer.from('\uFEFFkind: Bot\n', 'utf16le')],
    ['UTF-16BE', utf16be('kind: Bot\n')],
    ['UTF-16BE', utf16be('\uFEFFkind: Bot\n')],
    ['UTF-32LE', utf32le('kind: Bot\n')],
    ['UTF-32BE', utf32be('kind: Bot\n')],
    ['UTF-32LE', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
    ['UTF-32BE', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61])],
  ] as const) {
    it(`names ${name}, begun with ${bytes.toString('hex', 0, 4)}, and how to convert it`, () => {
      const fault = encodingFault(bytes) ?? '';
      assert.match(fault, new RegExp(`^is text in ${name}, not in UTF-8; .*iconv -f ${name} -t UTF-8`));
    });
  }

  it('names the line of the first byte that is not UTF-8, past everything that is', () => {
    const bytes = Buffer.concat([Buffer.from('ä\uFFFD\n🦞 x\n'), Buffer.from('Gr\xfc\xdfe\n', 'latin1')]);
    assert.match(encodingFault(bytes) ?? '', /byte 0xFC in line 3 looks like Latin-1 \(Windows-1252\)/);
  });

  it('takes a character cut off at the end for a fault', () => {
    const bytes = Buffer.from('name: ü').subarray(0, -1);
    assert.match(encodingFault(bytes) ?? '', /byte 0xC3 in line 1/);
  });
});
