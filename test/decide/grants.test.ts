import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Claimant, grantsOf } from '../../src/decide/grants.ts';
import { resourceKey } from '../../src/model/resource-key.ts';

const claimant = (name: string, createdAt: string, holds = false, wants = true): Claimant => ({
  key: resourceKey('default', name),
  ...{ createdAt, holds, wants },
});
const granted = (claimants: readonly Claimant[], limit: number) =>
  claimants.filter(grantsOf(claimants, limit)).map(({ key }) => key);
const names = (claimants: readonly Claimant[], limit: number) =>
  granted(claimants, limit)
    .map((key) => key.split('/')[1])
    .sort();

describe('grantsOf()', () => {
  it('gives free places in order of creation, then of key', () => {
    const claimants = [claimant('c', '2026-01-02'), claimant('b', '2026-01-01'), claimant('a', '2026-01-02')];
    assert.deepEqual(names(claimants, 2), ['a', 'b']);
  });

  it('lets holders keep their place even over the limit, and gives none away then', () => {
    const claimants = [
      claimant('x', '2026-01-03', true),
      claimant('y', '2026-01-04', true),
      claimant('a', '2026-01-01'),
    ];
    assert.deepEqual(names(claimants, 1), ['x', 'y']);
  });

  it('passes over those who want none, and tells them whether their order would give them one', () => {
    const idle = (name: string, createdAt: string) => claimant(name, createdAt, false, false);
    const claimants = [idle('a', '2026-01-01'), claimant('b', '2026-01-02'), idle('c', '2026-01-03')];
    assert.deepEqual(names(claimants, 1), ['a', 'b']);
    assert.deepEqual(names(claimants, 2), ['a', 'b', 'c']);
  });

  it('never grants those who want one more than the limit, holders aside, nor less, and never takes from a holder', () => {
    const one = fc.record({
      ...{ holds: fc.boolean(), wants: fc.boolean(), createdAt: fc.constantFrom('1', '2', '3') },
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.nat(8), (list, limit) => {
        const claimants = list.map(({ createdAt, holds, wants }, index) =>
          claimant(`b${index}`, createdAt, holds, wants),
        );
        const holders = claimants.filter(({ holds }) => holds);
        const wanting = claimants.filter(({ holds, wants }) => wants && !holds);
        const isGranted = grantsOf(claimants, limit);
        assert.ok(holders.every(isGranted));
        const free = Math.max(0, limit - holders.length);
        assert.equal(wanting.filter(isGranted).length, Math.min(wanting.length, free));
      }),
    );
  });
});
