import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MassSilence } from '../../../src/controller/agents/mass-silence.ts';
import type { ResourceKey } from '../../../src/model/resource-key.ts';
import { patience } from '../../lab/patience.ts';

const key = (index: number): ResourceKey => `default/bot${index}`;
const timeoutMs = 120_000;

function guardOf(fleet: number) {
  let changes = 0;
  const guard = new MassSilence(
    () => fleet,
    () => {
      changes += 1;
    },
  );
  const silent = (from: number, to: number, at = 0) => {
    for (let index = from; index < to; index += 1) guard.fellSilent(key(index), at, timeoutMs);
  };
  return { guard, silent, changes: () => changes };
}

describe('SilenceGuard', () => {
  it('takes three for three bots that died, and four for a network', () => {
    const { guard, silent } = guardOf(20);
    silent(0, 3);
    assert.equal(guard.size, 0);
    silent(3, 4);
    assert.equal(guard.size, 4);
    assert.ok(guard.isTogether(key(0)) && guard.isTogether(key(3)));
  });

  it('takes a tenth of a large fleet for bots that died', () => {
    const { guard, silent } = guardOf(100);
    silent(0, 10);
    assert.equal(guard.size, 0);
    silent(10, 11);
    assert.equal(guard.size, 11);
  });

  it('counts only those who fell silent within one timeout', () => {
    const { guard, silent } = guardOf(20);
    for (let index = 0; index < 8; index += 1) silent(index, index + 1, index * 60_000);
    assert.equal(guard.size, 0);
  });

  it('counts in whoever follows, however late', () => {
    const { guard, silent } = guardOf(20);
    silent(0, 4);
    silent(4, 5, 900_000);
    assert.equal(guard.size, 5);
  });

  it('counts ten thousand that fall silent together without standing still', () => {
    const { guard, silent } = guardOf(10_000);
    const begun = performance.now();
    silent(0, 10_000);
    const tookMs = performance.now() - begun;
    assert.equal(guard.size, 10_000);
    assert.ok(tookMs < 500 * patience, `${tookMs} ms`);
  });

  it('is over once no more are left than may be', () => {
    const { guard, silent, changes } = guardOf(20);
    silent(0, 5);
    guard.over(key(0));
    assert.equal(guard.size, 4);
    guard.over(key(1));
    assert.equal(guard.size, 0);
    assert.equal(guard.isTogether(key(2)), false);
    assert.ok(changes() >= 3);
  });

  it('knows from the record who is silent together since before this process', () => {
    const { guard, silent } = guardOf(20);
    for (const index of [0, 1, 2, 3]) guard.known(key(index), true);
    assert.equal(guard.size, 4);
    const alone = guardOf(20);
    for (const index of [0, 1, 2, 3]) alone.guard.known(key(index), false);
    alone.silent(4, 5);
    assert.equal(alone.guard.size, 0);
    silent(4, 5);
    assert.equal(guard.size, 5);
  });
});
