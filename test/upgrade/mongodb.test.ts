import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { eachMongo } from '../adapters/mongodb/support/each-mongo.ts';
import { byName, type KeptBot } from './support/kept-bot.ts';
import { settled, upgradeChecks } from './support/upgrade-checks.ts';
import { UpgradedDatabase } from './support/upgraded-database.ts';

await eachMongo(
  'a database that the release before looked after',
  () => true,
  ({ server }) => {
    let fleet: UpgradedDatabase;
    let then: ReadonlyMap<string, KeptBot>;
    let now: ReadonlyMap<string, KeptBot>;

    before(async () => {
      fleet = await UpgradedDatabase.open('05e6015/mongodb', server());
      then = byName(await fleet.bots());
      await fleet.run();
      now = await settled(() => fleet.bots());
    });
    after(() => fleet?.close());

    upgradeChecks(() => ({ then, now, cloud: fleet.cloud, writes: () => fleet.writes() }));

    it('is shown by the commands', async () => {
      const { code, stdout, stderr } = await fleet.clawfleet('get', 'bots');
      assert.equal(code, 0, stderr);
      for (const name of now.keys()) assert.match(stdout, new RegExp(`^${name} `, 'm'));
    });
  },
);
