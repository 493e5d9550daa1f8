import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import { withoutServers } from '../support/api-server.ts';
import { EditedFleet } from '../support/edited-fleet.ts';
import { FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn } from '../support/manifests.ts';

interface Disturbance {
  readonly what: string;
  readonly begin: (link: TcpProxy) => void | Promise<void>;
  readonly end: (link: TcpProxy) => void | Promise<void>;
}

const disturbances: readonly Disturbance[] = [
  {
    what: 'stands still, then goes on',
    begin: (link) => link.stall(),
    end: (link) => link.flow(),
  },
  {
    what: 'is cut, and refuses whoever calls',
    begin: async (link) => {
      await link.refuse();
      link.cut();
    },
    end: (link) => link.accept(),
  },
  {
    what: 'stands still, and has forgotten its connections when it is back',
    begin: (link) => link.stall(),
    end: (link) => link.strand(),
  },
  {
    what: 'ends every connection within an answer',
    begin: (link) => {
      link.truncate(3_000);
      link.cut();
    },
    end: (link) => link.truncate(Number.POSITIVE_INFINITY),
  },
  {
    what: 'takes half a second for each answer',
    begin: (link) => link.delay(500),
    end: (link) => link.delay(0),
  },
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
