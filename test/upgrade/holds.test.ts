import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { patiently } from '../adapters/kubernetes/support/patiently.ts';
import { endAll } from '../cli/clawfleet.ts';
import { assertUnchanged, byName, isReady } from './support/kept-bot.ts';
import { UpgradedDirectory } from './support/upgraded-directory.ts';

after(endAll);

describe('a hold that the release before left open', () => {
  let fleet: UpgradedDirectory;
  afterEach(() => fleet?.close());

  for (const [name, kind, held] of [
    ['deletion-held', 'delete', 5],
    ['recreation-held', 'recreate', 4],
  ] as const) {
    describe(`(${kind})`, () => {
      beforeEach(async () => {
        fleet = await UpgradedDirectory.open(`05e6015/${name}`);
      });

      it('stays: nothing is created or destroyed, and each bot is as it was', async () => {
        const [state, bots] = [fleet.state(), byName(fleet.bots())];
        await fleet.run({ serving: false });
        await sleep(3_000);
        assert.deepEqual(fleet.cloud.changes(), []);
        assert.equal(state.holds[0]?.keys.length, held);
        assert.deepEqual(fleet.state().holds, state.holds);
        assert.deepEqual(fleet.state().tombstones, state.tombstones);
        assert.equal(fleet.bots().length, bots.size);
        for (const bot of fleet.bots()) {
          const then = bots.get(bot.name) ?? assert.fail(`${bot.name} is new`);
          assertUnchanged(bot, then);
          assert.ok(bot.writes - then.writes <= 2, `${bot.name}: ${bot.writes - then.writes} writes`);
        }
        const first = fleet.writes();
        await sleep(2_000);
        assert.deepEqual(fleet.writes(), first);
      });

      it('ends when somebody confirms it', async () => {
        const before = fleet.bots().length;
        await fleet.run({ serving: false });
        const confirmed = await fleet.clawfleet('confirm', kind, '--all', ...fleet.source);
        assert.equal(confirmed.code, 0, confirmed.stderr);
        await patiently('what was confirmed is done', () =>
          kind === 'delete' ? fleet.bots().length === before - held : fleet.bots().every(isReady),
        );
        const changes = fleet.cloud.changes().map((change) => change.replace(/\/\d+$/, ''));
        const wanted = kind === 'delete' ? 'DELETE /v2/droplets' : 'POST /v2/droplets';
        assert.deepEqual(changes, Array(held).fill(wanted));
        await patiently('the hold is gone', () => fleet.state().holds.length === 0);
      });
    });
  }
});
