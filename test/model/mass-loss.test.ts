import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isMassLoss } from '../../src/model/mass-loss.ts';

const table: readonly (readonly [number, number, boolean])[] = [
  [3, 0, false],
  [4, 0, true],
  [4, 3, true],
  [4, 4, false],
  [5, 4, true],
  [5, 5, false],
  [500, 501, false],
  [501, 499, true],
];

for (const [lost, left, mass] of table) {
  it(`${lost} of ${lost + left} lost ${mass ? 'are' : 'are not'} more than half and more than three`, () => {
    assert.equal(isMassLoss(lost, left), mass);
  });
}
