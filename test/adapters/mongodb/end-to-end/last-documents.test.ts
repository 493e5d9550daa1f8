import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

await eachMongo(
  'the last documents of a collection',
  () => true,
  (under) => {
    let fleet: FleetOnMongo;

    before(async () => {
      fleet = await FleetOnMongo.open(under);
      fleet.run();
    });
    after(() => fleet?.close());

    const heldAs = (name: string, reason: RegExp) =>
      until(`${name} to be held`, 90_000, 500, async () =>
        reason.test((await fleet.clawfleet('describe', 'bot', name)).stdout),
      );
    const confirmed = async () => {
      const { code, stderr } = await fleet.clawfleet('confirm', 'delete', '--all');
      assert.equal(code, 0, stderr);
      await until('the droplets to be gone', 90_000, 50, () => fleet.droplets().length === 0);
    };

    it('keep their droplets when they are deleted, until somebody confirms', async () => {
      await fleet.insert('only');
      await fleet.ready(['only']);
      await fleet.delete('only');
      await heldAs('only', /EmptySourceHeld|MassDeletionHeld .*is empty, and nothing shows/);
      assert.equal(fleet.droplets().length, 1);
      await confirmed();
    });

    it('keep them when the collection is dropped, after what was confirmed before, too', async () => {
      await fleet.insert('one', 'two');
      await fleet.ready(['one', 'two']);
      await fleet.bots.drop();
      for (const name of ['one', 'two']) await heldAs(name, /MassDeletionHeld .*the collection bots/);
      assert.equal(fleet.droplets().length, 2);
      await confirmed();
      await fleet.assertExact();
    });
  },
);
