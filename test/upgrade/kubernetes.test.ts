import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FirstStatuses } from '../../src/adapters/kubernetes/source/cache/first-status.ts';
import { fleetStateOf } from '../../src/adapters/kubernetes/source/fleet/fleet-config-map.ts';
import type { BotObject, ConfigMapObject } from '../../src/adapters/kubernetes/source/objects.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../src/ports/log.ts';
import { withoutServers } from '../adapters/kubernetes/support/api-server.ts';
import { Fixture } from './support/fixture.ts';
import { byName, type KeptBot } from './support/kept-bot.ts';
import { refusals } from './support/refusals.ts';
import { settled, upgradeChecks } from './support/upgrade-checks.ts';
import { UpgradedCluster } from './support/upgraded-cluster.ts';

const path = '05e6015/kubernetes';

describe('a cluster that the release before looked after', withoutServers, () => {
  let cluster: UpgradedCluster;
  let then: ReadonlyMap<string, KeptBot>;
  let refused: readonly string[];
  let now: ReadonlyMap<string, KeptBot>;

  before(async () => {
    cluster = await UpgradedCluster.open(path);
    then = byName(await cluster.bots());
    refused = await refusals(cluster.fleet.server.client);
    cluster.run();
    now = await settled(() => cluster.bots());
  });
  after(() => cluster?.close());

  upgradeChecks(() => ({ then, now, cloud: cluster.cloud, writes: () => cluster.writes() }));

  it('is shown by kubectl and by the commands', async () => {
    const shown = await cluster.fleet.kubectl(['get', 'bots,accounts']);
    for (const name of now.keys()) assert.match(shown, new RegExp(`^bot.clawfleet.dev/${name} `, 'm'));
    const { code, stdout, stderr } = await cluster.fleet.clawfleet('get', 'bots');
    assert.equal(code, 0, stderr);
    for (const name of now.keys()) assert.match(stdout, new RegExp(`^${name} `, 'm'));
  });

  it('has no object that today’s definitions refuse, in its spec or its status', () => {
    assert.deepEqual(refused, []);
  });
});

describe('a first status that the release before sealed', () => {
  it('is read: of a create in doubt there is nothing else on record', () => {
    const fixture = new Fixture(`${path}-sealed`);
    const [bot] = JSON.parse(fixture.original('bot.json')) as BotObject[];
    const [fleet] = JSON.parse(fixture.original('own.json')) as ConfigMapObject[];
    assert.ok(bot && fleet);
    const clock = { ...systemClock, now: () => fixture.writtenAt };
    const seals = new FirstStatuses({ fleet: () => fleetStateOf(fleet), clock, log: silentLog });
    assert.equal(seals.of(bot)?.createAttempt?.template.region, 'ams3');
    assert.equal(bot.status, undefined);
  });
});
