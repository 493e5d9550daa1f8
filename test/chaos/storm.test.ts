import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Storm } from '../../scripts/chaos/storm.ts';
import { openLab } from '../lab/lab.ts';

it('ten kills with -9 while twenty bots change leave desired and actual equal, each droplet created once', async (t) => {
  const said: string[] = [];
  await using lab = openLab((text) => said.push(text));
  const seed = 20_260_101;
  const result = await Storm.run(lab, {
    ...{ kills: 10, bots: 20, seed },
    ...{ longestLifeMs: 1_500, settleMs: 150_000, quietMs: 2_000 },
  });
  t.diagnostic(`seed ${seed}: ${JSON.stringify(result.summary)}`);
  const histories = result.violations.map(({ droplet }) => result.history(droplet).join('\n'));
  assert.deepEqual(result.violations, [], [...said, ...histories].join('\n'));
});
