import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ItemSplitter,
  LineSplitter,
} from '../../../../src/adapters/kubernetes/client/transport/splitters.ts';

/** `bytes` cut at `cuts`. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, index) => bytes.subarray(at[index], to));
}

const cuts = fc.array(fc.nat(10_000), { maxLength: 20 });
const spacing = fc.constantFrom(undefined, 2);

describe('ItemSplitter', () => {
  it('tells the items that JSON.parse finds, however the text is cut', () => {
    const lists = fc.record({
      kind: fc.string({ unit: 'binary' }),
      items: fc.array(fc.oneof(fc.object(), fc.constant({ items: [{ a: ']}"\\' }] }))),
      metadata: fc.dictionary(fc.string(), fc.jsonValue()),
      more: fc.constantFrom([], [{ items: [1] }], 'items'),
    });
    fc.assert(
      fc.property(lists, cuts, spacing, (list, at, space) => {
        const text = JSON.stringify(list, null, space);
        const told: unknown[] = [];
        const splitter = new ItemSplitter((item) => told.push(item));
        for (const piece of pieces(Buffer.from(text), at)) splitter.push(piece);
        const rest = splitter.end();
        const whole = JSON.parse(text) as { items: unknown[] };
        assert.deepEqual(told, whole.items);
        assert.deepEqual(rest, { ...whole, items: [] });
      }),
    );
  });

  it('fails at the end when the text was not whole', () => {
    const text = Buffer.from('{"kind":"List","items":[{"a":1},{"a":[]}],"metadata":{}}');
    for (let length = 0; length < text.length; length += 1) {
      const splitter = new ItemSplitter(() => undefined);
      splitter.push(text.subarray(0, length));
      assert.throws(() => splitter.end(), SyntaxError, `after ${length} bytes`);
    }
  });

  it('leaves an answer without items as it is', () => {
    const splitter = new ItemSplitter(() => assert.fail('there is no item'));
    splitter.push(Buffer.from('{"kind":"List","items":null,"list":[{"a":1}]}'));
    assert.deepEqual(splitter.end(), { kind: 'List', items: null, list: [{ a: 1 }] });
  });
});

describe('LineSplitter', () => {
  it('gives the lines however the bytes are cut', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => JSON.stringify(text)));
    fc.assert(
      fc.property(lines, cuts, fc.constantFrom('\n', '\r\n', '\n\n'), (expected, at, end) => {
        const bytes = Buffer.from(expected.map((text) => text + end).join(''));
        const splitter = new LineSplitter();
        const found = pieces(bytes, at).flatMap((piece) => [...splitter.push(piece)]);
        assert.deepEqual(found, expected);
        assert.equal(splitter.clean, true);
      }),
    );
  });

  it('knows that it stands within a line', () => {
    const splitter = new LineSplitter();
    assert.deepEqual([...splitter.push(Buffer.from('a\nb'))], ['a']);
    assert.equal(splitter.clean, false);
  });
});
