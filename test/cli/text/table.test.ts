import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge } from '../../../src/cli/text/age.ts';
import { layTable, renderTable } from '../../../src/cli/text/table.ts';
import { cutTo, oneLine, plain, widthOf } from '../../../src/cli/text/terminal.ts';

const columns = [
  { header: 'NAME', cell: (row: readonly [string, string]) => row[0] },
  { header: 'NOTE', cell: (row: readonly [string, string]) => row[1] },
];

test('columns are as wide as their widest cell, and the last one is not padded', () => {
  const text = renderTable(
    columns,
    [
      ['alpha', 'x'],
      ['b', 'yy'],
    ],
    { paint: plain },
  );
  assert.equal(text, 'NAME    NOTE\nalpha   x\nb       yy');
});

test('wide characters take two columns', () => {
  const text = renderTable(
    columns,
    [
      ['日本', 'x'],
      ['ab', '🦞'],
      ['e\u0301', 'z'],
    ],
    { paint: plain },
  );
  assert.equal(text, 'NAME   NOTE\n日本   x\nab     🦞\ne\u0301      z');
  assert.equal(widthOf('🦞'), 2);
});

test('an empty cell shows a dash, and a line break in one does not break the table', () => {
  assert.equal(renderTable(columns, [['', 'a\nb']], { paint: plain }), 'NAME   NOTE\n-      a b');
});

test('escape sequences from outside do not reach the terminal', () => {
  assert.equal(oneLine('a\x1b[2Jb\u0007'), 'a [2Jb');
});

test('rows that follow a table keep its widths', () => {
  const { widths } = layTable(columns, [['alphabet', 'x']], { paint: plain });
  const { lines } = layTable(columns, [['b', 'y']], { paint: plain, widths, headless: true });
  assert.deepEqual(lines, ['b          y']);
});

test('a text is cut at the width of the terminal, not at its length', () => {
  assert.equal(cutTo('abcdef', 4), 'abc…');
  assert.equal(cutTo('日本語', 4), '日…');
  assert.equal(cutTo('abc', 3), 'abc');
});

test('ages are shown as kubectl shows them', () => {
  const second = 1_000;
  const cases: readonly [number, string][] = [
    [-5, '0s'],
    [45, '45s'],
    [119, '119s'],
    [120, '2m'],
    [330, '5m30s'],
    [3_600, '60m'],
    [12_000, '3h20m'],
    [90_000, '25h'],
    [183_600, '2d3h'],
    [34_560_000, '400d'],
  ];
  for (const [seconds, text] of cases) assert.equal(formatAge(seconds * second), text);
});
