import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropletName } from '../../src/model/identity.ts';
import { endAll } from '../cli/clawfleet.ts';
import { patiently } from '../kubernetes/support/patiently.ts';
import { assertUnchanged, byName, isReady, type KeptBot } from './support/kept-bot.ts';
import { UpgradedDirectory } from './support/upgraded-directory.ts';

const atRest = ['running', 'stopped', 'adopted', 'orphan-policy', 'redeployed', 'recreated', 'granted'];
const withoutDroplet = ['waiting', 'refused'];
/** What the upgrade itself may write for a bot: what is new in its record, once, and once more on what it saw. */
const writesOfUpgrade = 2;

after(endAll);

for (const serving of [false, true]) {
  const title = `a directory that the release before looked after ${serving ? 'with' : 'without'} a bot API`;
  describe(title, () => {
    let fleet: UpgradedDirectory;
    let then: ReadonlyMap<string, KeptBot>;
    const of = (name: string): KeptBot | undefined => byName(fleet.bots()).get(name);
    const known = (name: string): KeptBot => then.get(name) ?? assert.fail(`no ${name} in the fixture`);
    const dropletOf = (name: string): number | undefined => known(name).status.droplet?.id;

    before(async () => {
      fleet = await UpgradedDirectory.open(serving ? '05e6015/directory-serving' : '05e6015/directory');
      then = byName(fleet.bots());
      await fleet.run({ serving });
      await patiently('what was under way is done', () => {
        const finished = ['redeploying', 'renewing', 'in-doubt'].map(of);
        return finished.every((bot) => bot && isReady(bot)) && of('deleting') === undefined;
      });
      await sleep(1_500);
    });
    after(() => fleet?.close());

    it('has the same bots as before, but for the one whose deletion was under way', () => {
      const expected = [...then.keys()].filter((name) => name !== 'deleting').sort();
      assert.deepEqual(
        fleet
          .bots()
          .map(({ name }) => name)
          .sort(),
        expected,
      );
    });

    for (const name of [...atRest, ...withoutDroplet])
      it(`leaves ${name} as it was, in at most ${writesOfUpgrade} writes`, () => {
        const now = of(name) ?? assert.fail(`${name} is gone`);
        assertUnchanged(now, known(name));
        assert.ok(
          now.writes - known(name).writes <= writesOfUpgrade,
          `${now.writes - known(name).writes} writes`,
        );
      });

    it('finds the droplets of creates in doubt, and takes them for what they are', () => {
      for (const name of ['in-doubt', 'renewing']) {
        const { uid, status } = of(name) ?? assert.fail(`${name} is gone`);
        const living = fleet.cloud.simulator
          .droplets()
          .filter((droplet) => droplet.name === dropletName(uid));
        assert.deepEqual(
          [status.droplet?.id],
          living.map(({ id }) => id),
        );
        assert.equal(status.createAttempt, undefined);
      }
      assert.equal(of('renewing')?.status.handledRequests?.redeploy, 'tuesday');
    });

    it('ends the redeploy that was under way', () => {
      const { status } = of('redeploying') ?? assert.fail('it is gone');
      assert.notEqual(status.droplet?.id, dropletOf('redeploying'));
      assert.equal(status.handledRequests?.redeploy, 'tuesday');
      assert.equal(status.operation, undefined);
    });

    it('asks the cloud for nothing but the rest of what was under way', () => {
      const { simulator } = fleet.cloud;
      const gone = ['deleting', 'redeploying'].map((name) => `DELETE /v2/droplets/${dropletOf(name)}`);
      assert.deepEqual([...fleet.cloud.changes()].sort(), [...gone, 'POST /v2/droplets'].sort());
      assert.deepEqual(simulator.lives.overlaps(), []);
    });

    it('is at rest afterwards: nothing more is written', async () => {
      const first = fleet.writes();
      await sleep(2_000);
      assert.deepEqual(fleet.writes(), first);
    });

    it('is shown by the commands', async () => {
      const bots = await fleet.clawfleet('get', 'bots', '--source', 'bots', '--state', 'state.db');
      assert.equal(bots.code, 0, bots.stderr);
      for (const name of [...atRest, ...withoutDroplet])
        assert.match(bots.stdout, new RegExp(`^${name} `, 'm'));
    });
  });
}
