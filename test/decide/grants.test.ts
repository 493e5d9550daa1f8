import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Claimant, grants } from '../../src/decide/grants.ts';
import { resourceKey } from '../../src/model/resource-key.ts';

const claimant = (name: string, createdAt: string, holds = false): Claimant => ({
  key: resourceKey('default', name),
  createdAt,
  holds,
});
const names = (granted: Set<string>) => [...granted].map((key) => key.split('/')[1]).sort();

describe('grants()', () => {
  it('gives free places in order of creation, then of key', () => {
    const claimants = [claimant('c', '2026-01-02'), claimant('b', '2026-01-01'), claimant('a', '2026-01-02')];
    assert.deepEqual(names(grants(claimants, 2)), ['a', 'b']);
  });

  it('lets holders keep their place even over the limit, and gives none away then', () => {
    const claimants = [
      claimant('x', '2026-01-03', true),
      claimant('y', '2026-01-04', true),
      claimant('a', '2026-01-01'),
    ];
    assert.deepEqual(names(grants(claimants, 1)), ['x', 'y']);
  });

  it('never grants more than the limit, holders aside, and never takes from a holder', () => {
    const any = fc.array(fc.record({ holds: fc.boolean(), createdAt: fc.constantFrom('1', '2', '3') }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(any, fc.nat(8), (list, limit) => {
        const claimants = list.map((one, index) => claimant(`b${index}`, one.createdAt, one.holds));
        const granted = grants(claimants, limit);
        const holders = claimants.filter((one) => one.holds);
        assert.ok(holders.every((one) => granted.has(one.key)));
        assert.ok(granted.size <= Math.max(limit, holders.length));
      }),
    );
  });
});
