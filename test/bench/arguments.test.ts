import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { benchNames, parseBenchArguments } from '../../scripts/bench/arguments.ts';
import { parseChaosArguments } from '../../scripts/chaos/arguments.ts';

describe('arguments of the benches', () => {
  it('name none and mean all but those that take long', () => {
    const names = benchNames.filter((name) => !['kubernetes', 'mongodb', 'bots'].includes(name));
    assert.deepEqual(parseBenchArguments([]), { names, json: false, help: false });
  });

  it('name the bench on a kube-apiserver, which runs then', () => {
    assert.deepEqual(parseBenchArguments(['kubernetes']).names, ['kubernetes']);
  });

  it('run once and in the order that shares a fleet, however they are named', () => {
    const { names, json } = parseBenchArguments(['idle', '--json', 'create', 'idle']);
    assert.deepEqual(names, ['create', 'idle']);
    assert.equal(json, true);
  });

  it('are refused when they name what there is not', () => {
    assert.throws(() => parseBenchArguments(['speed']), /there is no bench speed; there are create, limited/);
    assert.throws(() => parseBenchArguments(['--jsn']), /--jsn/);
  });
});

describe('arguments of the chaos', () => {
  it('default to a hundred kills of two hundred bots, by the seed at hand', () => {
    const asked = { kills: 100, bots: 200, seed: 42, keep: false, help: false };
    assert.deepEqual(parseChaosArguments([], 42), asked);
  });

  it('take numbers and refuse anything else by the name of the flag', () => {
    const { kills, bots, seed } = parseChaosArguments(['--kills', '3', '--bots=5', '--seed', '0'], 42);
    assert.deepEqual([kills, bots, seed], [3, 5, 0]);
    assert.throws(() => parseChaosArguments(['--kills', '-1'], 42), /kills/);
    assert.throws(
      () => parseChaosArguments(['--bots', 'many'], 42),
      /--bots must be a whole number, got "many"/,
    );
  });
});
