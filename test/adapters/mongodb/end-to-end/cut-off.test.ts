import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Disturbance, endsWithinAnswers, isCut, isSlow, standsStill } from '../../../lab/disturbance.ts';
import { TcpProxy } from '../../../lab/tcp-proxy.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { EditedFleet } from '../support/edited-fleet.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

const disturbances: readonly Disturbance[] = [standsStill, isCut, endsWithinAnswers(2_000), isSlow(300)];
/** Shorter than the lease lasts: its holder goes on. */
const awayMs = 3_000;

await eachMongo(
  'a controller cut off from its MongoDB',
  ({ program, streams }) => streams && program.kind !== 'running',
  (under) => {
    let fleet: FleetOnMongo;
    let link: TcpProxy;
    let edited: EditedFleet;

    before(async () => {
      fleet = await FleetOnMongo.open(under);
      link = await TcpProxy.open(`tcp://${under.server().address ?? assert.fail()}`);
      fleet.supervise({ address: link.address });
      edited = new EditedFleet(fleet, under.kind);
      await edited.measureUsual();
    });
    after(async () => {
      await fleet?.close();
      await link?.[Symbol.asyncDispose]();
    });

    for (const { what, begin, end } of disturbances)
      it(`is level within its usual time after the link ${what}`, (t) =>
        edited.isLevelAfter(t, async (edit) => {
          await begin(link);
          await Promise.all([sleep(awayMs), edit()]);
          await end(link);
        }));
  },
);
