import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachMongo } from '../support/each-mongo.ts';
import { EditedFleet } from '../support/edited-fleet.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

/** Shorter than the lease lasts: its holder goes on. */
const awayMs = 3_000;
const rounds = 4;

await eachMongo(
  'a MongoDB server that is killed with -9',
  ({ durable }) => durable,
  (under) => {
    let fleet: FleetOnMongo;
    let edited: EditedFleet;

    before(async () => {
      fleet = await FleetOnMongo.open(under);
      fleet.run();
      edited = new EditedFleet(fleet, under.kind);
      await edited.measureUsual();
    });
    after(() => fleet?.close());

    for (let round = 0; round < rounds; round += 1)
      it(`is back with all it had acknowledged, and the fleet level within its usual time (${round + 1})`, (t) =>
        edited.isLevelAfter(t, async (edit) => {
          await edit();
          const server = under.server();
          // While the controller makes true what was just written, or looks for it.
          await sleep(round * 300);
          await server.process?.kill();
          await sleep(awayMs);
          server.process?.start();
          await server.ready();
        }));
  },
);
