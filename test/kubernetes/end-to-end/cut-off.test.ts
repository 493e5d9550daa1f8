import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import { withoutServers } from '../support/api-server.ts';
import { FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { FleetOracle } from '../support/fleet-oracle.ts';
import { accountIn, botIn } from '../support/manifests.ts';

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
  let oracle: FleetOracle;
  let link: TcpProxy;
  /** What the same edits take while nothing is wrong. */
  let usualMs: number;

  /** What users do meanwhile: bots come, one goes, one is stopped, and one loses its droplet. */
  const edit = async (suffix: string) => {
    const lost = (await oracle.bots()).find(({ metadata }) => metadata.name === `lost-${suffix}`);
    oracle.destroyBehindItsBack(lost ?? assert.fail());
    await Promise.all([
      fleet.apply(
        botIn('default', `new-${suffix}`),
        botIn('default', `edited-${suffix}`, { powerState: 'Stopped' }),
      ),
      fleet.kubectl(['delete', 'bot', `deleted-${suffix}`, '--wait=false']),
    ]);
  };

  before(async () => {
    fleet = await FleetOnCluster.open();
    oracle = new FleetOracle(fleet);
    link = await fleet.proxied();
    const suffixes = ['usual', ...disturbances.keys()];
    const names = suffixes.flatMap((each) => ['edited', 'deleted', 'lost'].map((kind) => `${kind}-${each}`));
    await fleet.apply(accountIn('default'), ...names.map((name) => botIn('default', name)));
    fleet.run();
    await oracle.levelled();
    await edit('usual');
    usualMs = await oracle.levelled();
  });
  after(() => fleet?.close());

  for (const [at, { what, begin, end }] of disturbances.entries()) {
    it(`is level within a second of the usual time after the link ${what}`, async (t) => {
      await begin(link);
      await Promise.all([sleep(awayMs), edit(String(at))]);
      await end(link);
      const took = await oracle.levelled();
      t.diagnostic(`level after ${Math.round(took)} ms, usually after ${Math.round(usualMs)}`);
      await oracle.assertExact();
      assert.ok(took < usualMs + 1_000, `${Math.round(took)} ms`);
    });
  }
});
