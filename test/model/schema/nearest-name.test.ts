import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearestName } from '../../../src/model/schema/nearest-name.ts';

const known = ['trading', 'risk', 'droplet', 'powerState', 'redeployRequest', 'Bot', 'maxDrawdownPercent'];

describe('nearestName()', () => {
  for (const [given, wanted] of [
    ['tradng', 'trading'],
    ['tradign', 'trading'],
    ['Risk', 'risk'],
    ['power-state', 'powerState'],
    ['redployRequests', 'redeployRequest'],
    ['Bto', 'Bot'],
    ['maxDraw', 'maxDrawdownPercent'],
    ['colour', undefined],
    ['Pod', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ] as const) {
    it(`takes ${given.slice(0, 20) || 'nothing'} for ${wanted ?? 'nothing known'}`, () => {
      assert.equal(nearestName(given, known), wanted);
    });
  }
});
