import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachMongo } from '../support/each-mongo.ts';
import { FleetOnMongo, graceMs } from '../support/fleet-on-mongo.ts';

/** Shorter than the lease lasts: its holder goes on. */
const awayMs = 3_000;
const rounds = 4;

await eachMongo(
  'a MongoDB server that is killed with -9',
  ({ durable }) => durable,
  (under) => {
    let fleet: FleetOnMongo;
    /** Milliseconds that the same edits take while nothing is wrong. */
    let usualMs: number;

    const edit = async (round: number | string) => {
      await fleet.insert(`new-${round}-a`, `new-${round}-b`);
      await fleet.set(`edited-${round}`, { powerState: 'Stopped' });
      await fleet.delete(`deleted-${round}`);
    };

    before(async () => {
      fleet = await FleetOnMongo.open(under);
      fleet.run();
      const rest = Array.from({ length: rounds }, (_, round) => round);
      await fleet.insert(...['usual', ...rest].flatMap((each) => [`edited-${each}`, `deleted-${each}`]));
      await fleet.levelled();
      await edit('usual');
      usualMs = await fleet.levelled();
    });
    after(() => fleet?.close());

    for (let round = 0; round < rounds; round += 1)
      it(`is back with all it had acknowledged, and the fleet level within its usual time (${round + 1})`, async (t) => {
        await edit(round);
        const server = under.server();
        // While the controller makes true what was just written, or looks for it.
        await sleep(round * 300);
        await server.process?.kill();
        await sleep(awayMs);
        server.process?.start();
        await server.ready();
        const took = await fleet.levelled();
        t.diagnostic(`level after ${Math.round(took)} ms, usually after ${Math.round(usualMs)}`);
        await fleet.assertExact();
        assert.ok(took < usualMs + graceMs(under.kind), `${Math.round(took)} ms`);
      });
  },
);
