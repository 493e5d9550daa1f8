import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropletName } from '../../../src/model/identity.ts';
import { patiently } from '../../adapters/kubernetes/support/patiently.ts';
import { assertUnchanged, byName, isReady, type KeptBot } from './kept-bot.ts';
import type { KeptCloud } from './kept-cloud.ts';

/** Bots of the story `eachState`, by what they were when the release before ended. */
const atRest = [
  ...['running', 'stopped', 'adopted', 'orphan-policy', 'redeployed', 'recreated', 'granted'],
  ...['waiting', 'refused'],
];
const creating = ['in-doubt', 'renewing'];
/** What the upgrade itself may write for a bot: what is new in its record, once, and once more on what it saw. */
const writesOfUpgrade = 2;

/** Today's controller on the story `eachState`. */
export interface Upgraded {
  /** The bots as the release before left them. */
  readonly then: ReadonlyMap<string, KeptBot>;
  /** The same when nothing is under way any more. */
  readonly now: ReadonlyMap<string, KeptBot>;
  readonly cloud: KeptCloud;
  /** How often each record of the source was written so far, or what stands there where nobody counts. */
  writes(): Promise<Readonly<Record<string, number | string>>>;
}

/** Resolves with the bots once all that was under way is done, and what might follow from it had time to. */
export async function settled(
  bots: () => Promise<readonly KeptBot[]>,
): Promise<ReadonlyMap<string, KeptBot>> {
  await patiently('what was under way is done', async () => {
    const present = byName(await bots());
    const ready = [...creating, 'redeploying'].map((name) => present.get(name));
    return !present.has('deleting') && ready.every((bot) => bot && isReady(bot));
  });
  await sleep(1_500);
  return byName(await bots());
}

/** What holds of an upgrade whatever the source; `of` is asked once the suite's `before` has run. */
export function upgradeChecks(of: () => Upgraded): void {
  const bot = (bots: keyof Upgraded & ('then' | 'now'), name: string): KeptBot =>
    of()[bots].get(name) ?? assert.fail(`${bots} there is no ${name}`);
  const oldDroplet = (name: string): number | undefined => bot('then', name).status.droplet?.id;

  it('has the same bots as before, but for the one whose deletion was under way', () => {
    const expected = [...of().then.keys()].filter((name) => name !== 'deleting').sort();
    assert.deepEqual([...of().now.keys()].sort(), expected);
  });

  for (const name of atRest)
    it(`leaves a bot as it was that is ${name}, in at most ${writesOfUpgrade} writes`, () => {
      const [then, now] = [bot('then', name), bot('now', name)];
      assertUnchanged(now, then);
      assert.ok(now.writes - then.writes <= writesOfUpgrade, `${now.writes - then.writes} writes`);
    });

  it('finds the droplets of creates in doubt, and takes them for what they are', () => {
    for (const name of creating) {
      const { uid, status } = bot('now', name);
      const living = of()
        .cloud.simulator.droplets()
        .filter((droplet) => droplet.name === dropletName(uid));
      assert.deepEqual(
        [status.droplet?.id],
        living.map(({ id }) => id),
      );
      assert.equal(status.createAttempt, undefined);
    }
    assert.equal(bot('now', 'renewing').status.handledRequests?.redeploy, 'tuesday');
  });

  it('ends the redeploy that was under way', () => {
    const { status } = bot('now', 'redeploying');
    assert.notEqual(status.droplet?.id, oldDroplet('redeploying'));
    assert.equal(status.handledRequests?.redeploy, 'tuesday');
    assert.equal(status.operation, undefined);
  });

  it('asks the cloud for nothing but the rest of what was under way', () => {
    const { simulator } = of().cloud;
    const destroyed = ['deleting', 'redeploying'].map((name) => `DELETE /v2/droplets/${oldDroplet(name)}`);
    assert.deepEqual([...of().cloud.changes()].sort(), [...destroyed, 'POST /v2/droplets'].sort());
    assert.deepEqual(simulator.lives.overlaps(), []);
  });

  it('is at rest afterwards: nothing more is written', async () => {
    const first = await of().writes();
    await sleep(2_000);
    assert.deepEqual(await of().writes(), first);
  });
}
