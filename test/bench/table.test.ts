import assert from 'node:assert/strict';
import { it } from 'node:test';
import { aimed, told } from '../../scripts/bench/figure.ts';
import { table } from '../../scripts/bench/table.ts';

it('a value equal to its aim meets it, one above misses it, and one without an aim does neither', () => {
  assert.equal(aimed('a.b', 2, 's', 2, '').met, true);
  assert.equal(aimed('a.b', 2.001, 's', 2, '').met, false);
  assert.deepEqual(told('a.b', 1, 's', 'x'), {
    ...{ name: 'a.b', value: 1, unit: 's', what: 'x' },
    ...{ aim: null, met: null },
  });
});

it('a table has a line for each figure, numbers to the right, and says which aims are missed', () => {
  const figures = [
    aimed('create.seconds', 1.9135, 's', 3, 'until Ready'),
    aimed('memory.rss', 212.25, 'MB', 150, 'resident'),
    told('create.lists', 29, 'calls', 'of lists'),
  ];
  assert.deepEqual(table(figures).split('\n'), [
    'FIGURE          VALUE    AIM  UNIT           WHAT',
    'create.seconds  1.913    ≤ 3  s      met     until Ready',
    'memory.rss      212.3  ≤ 150  MB     MISSED  resident',
    'create.lists       29         calls          of lists',
  ]);
});
