import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { LeaseDocument } from '../../../../src/adapters/mongodb/client/mongo-lease-store.ts';
import type { Running } from '../../../cli/clawfleet.ts';
import { TcpProxy } from '../../../lab/tcp-proxy.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

/** Of the lease. */
const leaseMs = 15_000;
/** What is in doubt after a take-over is settled sooner than by default; less is refused. */
const shortSettling = { flags: ['--settling-window', '46s'] };
const standsBy = /leads; this process stands by/;

async function readiness(running: Running): Promise<number> {
  const text = await running.until(/"metrics":"[^"]+"/);
  const [, address = ''] = /"metrics":"(http:[^"]+)\/metrics"/.exec(text) ?? [];
  return (await fetch(`${address}/readyz`)).status;
}

await eachMongo(
  'two controllers of one MongoDB',
  ({ exactSwaps }) => exactSwaps,
  (under) => {
    let fleet: FleetOnMongo;
    const lease = async () =>
      (await fleet.db.collection<LeaseDocument>('leases').findOne({ _id: 'clawfleet' })) ?? assert.fail();
    const taken = (from: LeaseDocument, withinMs: number) =>
      until('somebody else to take the lease', withinMs, 20, async () => {
        const { epoch, holder } = await lease();
        return holder !== '' && epoch > from.epoch;
      });

    before(async () => {
      fleet = await FleetOnMongo.open(under);
    });
    after(() => fleet?.close());

    let [first, second]: (Running | undefined)[] = [];

    it('one leads and one stands by, and both are ready', async () => {
      first = fleet.run(shortSettling);
      await fleet.insert('alpha');
      await fleet.levelled();
      second = fleet.run(shortSettling);
      await second.until(standsBy);
      for (const each of [first, second])
        await until('it to be ready', 60_000, 20, async () => (await readiness(each)) === 200);
    });

    it('one that ends in peace gives the lease up, and the other takes over at once, under a higher epoch', async () => {
      const before = await lease();
      first?.child.kill('SIGTERM');
      assert.equal((await first?.ended)?.code, 0);
      const begun = performance.now();
      await taken(before, 60_000);
      assert.ok(performance.now() - begun < leaseMs - 3_000, 'before it would have expired');
      await fleet.insert('beta');
      await fleet.levelled();
    });

    it('one killed amid creations is followed when its lease runs out: no duplicate, nothing lost', async (t) => {
      const third = fleet.run(shortSettling);
      await third.until(standsBy);
      const names = Array.from({ length: 20 }, (_, number) => `burst-${number}`);
      await fleet.insert(...names);
      await until('the first of them to be made', 60_000, 5, () => fleet.droplets().length > 4);
      const before = await lease();
      second?.child.kill('SIGKILL');
      const killedAt = performance.now();
      await taken(before, leaseMs + 60_000);
      t.diagnostic(`taken ${Math.round(performance.now() - killedAt)} ms after the kill`);
      const took = await fleet.levelled(150_000);
      t.diagnostic(`level ${Math.round(took)} ms after that`);
      await fleet.assertExact();
      second = third;
    });

    it('one that is cut off stops before the other begins, and nothing is made twice', async () => {
      await fleet.end(second ?? assert.fail(), 'SIGTERM');
      await using proxy = await TcpProxy.open(`tcp://${under.server().address ?? assert.fail()}`);
      const cutOff = fleet.run({ ...shortSettling, address: proxy.address });
      await cutOff.until(/"lease":/);
      await until('it to lead', 60_000, 20, async () => (await readiness(cutOff)) === 200);
      const other = fleet.run(shortSettling);
      await other.until(standsBy);
      const before = await lease();
      proxy.stall();
      await fleet.insert('gamma');
      await cutOff.until(/The lease was lost/);
      await taken(before, leaseMs + 60_000);
      const { code, stdout } = await cutOff.ended;
      assert.equal(code, 1);
      const lostAt = stdout.split('\n').find((line) => line.includes('the lease is no longer held'));
      const { time } = JSON.parse(lostAt ?? assert.fail(stdout));
      assert.ok(Date.parse(time) < (await lease()).acquiredAt.getTime(), 'nobody had it by then');
      await fleet.levelled(150_000);
      await fleet.assertExact();
    });
  },
);

await eachMongo(
  'a second controller on a MongoDB whose compare-and-swap is inexact',
  ({ exactSwaps }) => !exactSwaps,
  (under) => {
    let fleet: FleetOnMongo;
    before(async () => {
      fleet = await FleetOnMongo.open(under);
    });
    after(() => fleet?.close());

    it('is refused in plain words, while the first one goes on', async () => {
      const first = fleet.run();
      await first.until(/two compare-and-swaps win: run one controller only/);
      await fleet.insert('alpha');
      await fleet.levelled();
      const { code, stderr } = await fleet.run().ended;
      assert.equal(code, 1);
      assert.match(stderr, /is at work here already .*two controllers would undo each other’s writes/);
      await fleet.insert('beta');
      await fleet.levelled();
    });

    it('takes over from one that was killed', async () => {
      const [first] = fleet.controllers;
      await fleet.end(first ?? assert.fail(), 'SIGKILL');
      await fleet.insert('gamma');
      fleet.run();
      await fleet.levelled(leaseMs + 90_000);
      await fleet.assertExact();
    });
  },
);
