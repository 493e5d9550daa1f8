import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

await eachMongo(
  'the commands on a MongoDB',
  ({ streams }) => streams,
  (under) => {
    let fleet: FleetOnMongo;

    const good = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await fleet.clawfleet(...args);
      assert.equal(code, 0, stderr + stdout);
      return stdout;
    };

    before(async () => {
      fleet = await FleetOnMongo.open(under);
    });
    after(() => fleet?.close());

    it('mongodb init prepares the database', async () => {
      assert.match(await good('mongodb', 'init'), /^WHAT +DONE +LACKING\n.*\nbots +made/s);
    });

    it('plan tells what would be done before any controller ran', async () => {
      await fleet.insert('alpha', 'beta');
      const { code, stdout, stderr } = await fleet.clawfleet('plan', '-o', 'json');
      assert.equal(code, 2, stderr);
      const { bots } = JSON.parse(stdout);
      assert.deepEqual(
        bots.map(({ key, kind }: { key: string; kind: string }) => `${key} ${kind}`),
        ['default/alpha create', 'default/beta create'],
      );
      assert.equal(fleet.droplets().length, 0);
    });

    it('wait, get, describe, fleet and validate show what a controller does', async () => {
      fleet.run();
      assert.match(
        await good('wait', 'bots', '--all', '--for=condition=Ready', '--timeout=90s'),
        /default\/alpha: condition=Ready met/,
      );
      const table = await good('get', 'bots', '-o', 'wide');
      assert.match(table, /^Fleet [a-z0-9]{8}: 2 bots/);
      assert.match(table, /alpha +Online +True/);
      const described = await good('describe', 'bot', 'alpha');
      assert.match(described, /DropletReady +True/);
      // It is written within half a second.
      await until('its history', 60_000, 100, async () =>
        /Normal +DropletCreated/.test(await good('describe', 'bot', 'alpha')),
      );
      assert.match(await good('describe', 'account', 'team'), /alpha/);
      const shown = await good('fleet');
      assert.match(shown, /Source: +mongodb:\/\/127\.0\.0\.1:\d+\/clawfleet-\w+, collection bots/);
      assert.match(await good('validate'), /valid/);
      assert.equal((await fleet.clawfleet('plan')).code, 0);
    });

    it('stop, start, reboot and redeploy set the fields that they are about, and no other', async () => {
      const before = await fleet.find('alpha');
      assert.match(
        await good('stop', 'alpha', '--wait'),
        /spec\.powerState is now Stopped in bots.*default\/alpha/,
      );
      assert.match(await good('stop', 'alpha'), /unchanged/);
      await good('start', 'alpha', '--wait');
      await good('reboot', 'alpha', '--wait');
      await good('redeploy', 'alpha', '--wait');
      const after = await fleet.find('alpha');
      const { rebootRequest, redeployRequest, powerState, ...spec } = after?.spec ?? {};
      assert.ok(rebootRequest && redeployRequest);
      assert.equal(powerState, 'Running');
      assert.deepEqual(spec, before?.spec);
      assert.notEqual(after?.status?.droplet?.id, before?.status?.droplet?.id);
    });

    it('a person who copied a droplet says by resolve which one the bot keeps; no state is old', async () => {
      const recorded = JSON.parse(await good('get', 'bot', 'alpha', '-o', 'json')).status.droplet.id;
      const before = fleet.droplets().length;
      const [kept] = fleet.droplets().filter((droplet) => droplet.id === recorded);
      const { id, name, tags } = kept ?? assert.fail();
      const [copy] = fleet.simulator.restoreByHand({ names: [name], like: id, tags: [...tags] });
      const twin = copy?.id ?? assert.fail();
      await until('the fork', 60_000, 100, async () => /FleetForked/.test(await good('get', 'bot', 'alpha')));
      assert.equal(fleet.droplets().length, before + 1);
      const refused = await fleet.clawfleet('resolve', 'alpha', '--keep', '1');
      assert.match(
        refused.stderr,
        /Droplet 1 is neither on record for bot default\/alpha nor bears its name, as these do:/,
      );
      assert.match(await good('resolve', 'alpha', '--keep', String(twin), '--yes'), /keeps droplet/);
      await until('one droplet', 60_000, 100, () => fleet.droplets().length === before);
      assert.deepEqual(
        fleet
          .droplets()
          .filter((droplet) => droplet.name === name)
          .map((droplet) => droplet.id),
        [twin],
      );
      await good('wait', 'bot', 'alpha', '--for=condition=Ready', '--timeout=60s');
      const { stderr } = await fleet.clawfleet('fleet', 'accept-state', '--yes');
      assert.match(stderr, /is not older than its droplets: there is nothing to accept/);
    });

    it('get --watch shows changes as they come', async () => {
      const watching = fleet.start('get', 'bots', '--watch');
      await watching.until(/beta +Online/);
      await fleet.set('beta', { powerState: 'Stopped' });
      await watching.until(/beta +Paused +True/);
      await fleet.insert('delta');
      await watching.until(/delta +Online/);
      watching.child.kill('SIGINT');
      await watching.ended;
    });

    it('adopt declares a bot for a droplet that exists, and rebuilds nothing', async () => {
      const { id } = await fleet.createDroplet('by-hand');
      await good('adopt', String(id), '--name', 'adopted', '--account', 'team', '--yes');
      await good('wait', 'bot', 'adopted', '--for=condition=DropletReady', '--timeout=90s');
      // The command looks at the ledger; the document shows the same a moment later.
      await until('its document to show the droplet', 60_000, 20, async () => {
        const shown = await fleet.dropletOf('adopted');
        return shown?.id === id;
      });
      assert.equal((await fleet.find('adopted'))?.spec.adopt?.dropletID, id);
    });

    it('documents that vanish at once are held, and confirm lets go', async () => {
      const names = ['p', 'q', 'r', 's', 't', 'u'];
      await fleet.insert(...names);
      await fleet.ready(names);
      const before = fleet.droplets().length;
      await fleet.bots.deleteMany({ _id: { $in: names.map((name) => `default/${name}`) } });
      await until('the deletion to be held', 90_000, 1_000, async () => {
        const [, held = ''] = (await good('fleet')).split('Held');
        return names.every((name) => held.includes(`default/${name}`));
      });
      assert.equal(fleet.droplets().length, before);
      assert.match(await good('confirm', 'delete', '--all'), /Confirmed: delet/);
      await until('them to be gone', 90_000, 50, () => fleet.droplets().length === before - names.length);
    });
  },
);
