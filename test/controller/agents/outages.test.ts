import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Outages } from '../../../src/controller/agents/outages.ts';

describe('Outages', () => {
  it('counts from the start, when nobody has been heard yet', () => {
    const outages = new Outages(1_000);
    assert.equal(outages.lastHeard, undefined);
    outages.heard(181_000);
    assert.equal(outages.lastHeard, 181_000);
    assert.equal(outages.last(120_000)?.end, 181_000);
  });

  it('knows none that is longer than the timeout asked about', () => {
    const outages = new Outages(0);
    outages.heard(120_000);
    assert.equal(outages.last(120_000)?.end, undefined);
    assert.equal(outages.last(119_999)?.end, 120_000);
  });

  it('remembers a long one after shorter ones, and forgets it after a longer one', () => {
    const outages = new Outages(0);
    for (const at of [600_000, 640_000, 690_000]) outages.heard(at);
    assert.equal(outages.last(120_000)?.end, 600_000);
    assert.equal(outages.last(45_000)?.end, 690_000);
    assert.equal(outages.last(30_000)?.end, 690_000);
    outages.heard(1_400_000);
    assert.equal(outages.last(120_000)?.end, 1_400_000);
  });
});
