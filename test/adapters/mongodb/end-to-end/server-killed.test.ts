import { after, before, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { EditedFleet } from '../support/edited-fleet.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

/** Shorter than the lease lasts: its holder goes on. */
const awayMs = 3_000;

await eachMongo(
  'a MongoDB server that is killed with -9',
  ({ durable }) => durable,
  (under) => {
    let fleet: FleetOnMongo;
    let edited: EditedFleet;

    before(async () => {
      fleet = await FleetOnMongo.open(under);
      fleet.supervise();
      edited = new EditedFleet(fleet, under.kind);
      await edited.measureUsual();
    });
    after(() => fleet?.close());

    const isBack = (t: TestContext, moment: (before: number) => Promise<void>) =>
      edited.isLevelAfter(t, async (edit) => {
        const before = fleet.droplets().length;
        await edit();
        await moment(before);
        const server = under.server();
        await server.process?.kill();
        await sleep(awayMs);
        server.process?.start();
        await server.ready();
      });

    it('is back with all it had acknowledged, and the fleet level within its usual time', (t) =>
      isBack(t, async () => undefined));

    it('is so, too, when it is killed while statuses are written', (t) =>
      isBack(t, (before) =>
        until('work to be under way', 60_000, 5, () => fleet.droplets().length !== before),
      ));
  },
);
