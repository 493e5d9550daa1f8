import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MultiMap } from '../../src/kit/multi-map.ts';

describe('a multi-map', () => {
  it('keeps several values of a key in the order in which they were added', () => {
    const map = new MultiMap<string, number>();
    map.add('a', 2);
    map.add('a', 1);
    map.add('b', 3);
    assert.deepEqual([map.of('a'), map.of('b'), map.of('c')], [[2, 1], [3], []]);
  });

  it('deletes one value and keeps the others', () => {
    const map = new MultiMap<string, number>();
    for (const value of [1, 2, 3]) map.add('a', value);
    map.delete('a', 2);
    assert.deepEqual(map.of('a'), [1, 3]);
    map.delete('a', 1);
    map.delete('a', 3);
    map.delete('a', 4);
    assert.deepEqual(map.of('a'), []);
  });

  it('forgets everything', () => {
    const map = new MultiMap<number, string>();
    map.add(1, 'a');
    map.clear();
    assert.deepEqual(map.of(1), []);
  });
});
