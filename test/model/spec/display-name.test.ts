import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { displayNameOf, normaliseDisplayName } from '../../../src/model/spec/display-name.ts';

describe('normaliseDisplayName()', () => {
  for (const [given, wanted] of [
    ['Egret the Quick_2-b', 'Egret the Quick_2-b'],
    ['  spaced out  ', 'spaced out'],
    ['tab\there', 'tab_here'],
    ['a"b$c\nd', 'a_b_c_d'],
    ['Zoë', 'Zo_'],
    ['🤖 bot', '_ bot'],
    ['\u00a0x', '_x'],
    ['   ', ''],
    ['x'.repeat(70), 'x'.repeat(64)],
    [`${'x'.repeat(63)} y`, 'x'.repeat(63)],
  ] as const) {
    it(`makes ${JSON.stringify(wanted)} of ${JSON.stringify(given)}`, () => {
      assert.equal(normaliseDisplayName(given), wanted);
    });
  }

  it('gives a safe name for any text, and the same for its own answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const name = normaliseDisplayName(text);
        assert.match(name, /^([A-Za-z0-9_-]([A-Za-z0-9 _-]{0,62}[A-Za-z0-9_-])?)?$/);
        assert.equal(normaliseDisplayName(name), name);
      }),
    );
  });
});

describe('displayNameOf()', () => {
  it('falls back on the resource’s name', () => {
    assert.equal(displayNameOf(undefined, 'egret'), 'egret');
    assert.equal(displayNameOf('   ', 'egret'), 'egret');
    assert.equal(displayNameOf('Egret!', 'egret'), 'Egret_');
  });
});
