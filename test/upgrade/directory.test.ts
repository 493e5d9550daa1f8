import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { endAll } from '../cli/clawfleet.ts';
import { byName, type KeptBot } from './support/kept-bot.ts';
import { settled, upgradeChecks } from './support/upgrade-checks.ts';
import { UpgradedDirectory } from './support/upgraded-directory.ts';

after(endAll);

for (const [serving, path] of [
  [false, '05e6015/directory'],
  [true, '05e6015/directory-serving'],
] as const) {
  const title = `a directory that the release before looked after ${serving ? 'with' : 'without'} a bot API`;
  describe(title, () => {
    let fleet: UpgradedDirectory;
    let then: ReadonlyMap<string, KeptBot>;
    let now: ReadonlyMap<string, KeptBot>;

    before(async () => {
      fleet = await UpgradedDirectory.open(path);
      then = byName(fleet.bots());
      await fleet.run({ serving });
      now = await settled(async () => fleet.bots());
    });
    after(() => fleet?.close());

    upgradeChecks(() => ({ then, now, cloud: fleet.cloud, writes: async () => fleet.writes() }));

    it('is shown by the commands', async () => {
      const { code, stdout, stderr } = await fleet.clawfleet('get', 'bots', ...fleet.source);
      assert.equal(code, 0, stderr);
      for (const name of now.keys()) assert.match(stdout, new RegExp(`^${name} `, 'm'));
    });
  });
}
