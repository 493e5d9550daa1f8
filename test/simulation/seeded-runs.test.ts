import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRun } from './seeded-run.ts';

const runs = 200;
/** Runs reported together, so that a failure names its seed without 200 lines of success. */
const batch = 25;

/**
 * Killed at random steps, with lost, late, wrong and refused answers, rate limits and lagging lists: 0 duplicates, 0
 * leaked droplets, 0 wrong deletes, and no mutation once converged. To see one seed's log, run `seededRun(seed)`.
 */
describe('a controller killed at random steps in a cloud full of faults', () => {
  for (let first = 1; first <= runs; first += batch) {
    it(`ends with desired equal to actual for seeds ${first} to ${first + batch - 1}`, async () => {
      let kills = 0;
      for (let seed = first; seed < first + batch; seed += 1) {
        const report = await seededRun(seed);
        kills += report.kills;
        assert.deepEqual(report.faults, [], `seed ${seed}\n${report.logs.slice(-40).join('\n')}`);
      }
      assert.ok(
        kills > batch,
        `only ${kills} kills in ${batch} runs: the trouble was too mild to prove anything`,
      );
    });
  }

  it('repeats exactly: the same seed gives the same log', async () => {
    const [first, second] = [await seededRun(7), await seededRun(7)];
    const withoutPaths = (logs: readonly string[]) =>
      logs.map((line) => line.replace(/clawfleet-world-\w+/g, ''));
    assert.deepEqual(withoutPaths(first.logs), withoutPaths(second.logs));
  });
});
