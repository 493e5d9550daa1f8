import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Disturbance, endsWithinAnswers, isCut, isSlow, standsStill } from '../../../lab/disturbance.ts';
import type { TcpProxy } from '../../../lab/tcp-proxy.ts';
import { withoutServers } from '../support/api-server.ts';
import { EditedFleet } from '../support/edited-fleet.ts';
import { FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn } from '../support/manifests.ts';

const disturbances: readonly Disturbance[] = [
  standsStill,
  isCut,
  {
    what: 'stands still, and has forgotten its connections when it is back',
    begin: (link) => link.stall(),
    end: (link) => link.strand(),
  },
  endsWithinAnswers(3_000),
  isSlow(500),
];
/** How long the controller is cut off. */
const awayMs = 3_000;

describe('a controller cut off from the API server', withoutServers, () => {
  let fleet: FleetOnCluster;
  let edited: EditedFleet;
  let link: TcpProxy;

  before(async () => {
    fleet = await FleetOnCluster.open();
    edited = new EditedFleet(fleet);
    link = await fleet.proxied();
    await fleet.apply(accountIn('default'));
    fleet.run();
    await edited.measureUsual();
  });
  after(() => fleet?.close());

  for (const { what, begin, end } of disturbances) {
    it(`is level within a second of the usual time after the link ${what}`, (t) =>
      edited.isLevelAfter(t, async (round) => {
        await begin(link);
        round.lose();
        await Promise.all([sleep(awayMs), round.edit()]);
        await end(link);
      }));
  }
});
