import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

await eachMongo(
  'a back end that writes documents with the plain driver',
  () => true,
  (under) => {
    let fleet: FleetOnMongo;
    before(async () => {
      fleet = await FleetOnMongo.open(under);
      fleet.run();
    });
    after(() => fleet?.close());

    it('inserts bots, and each gets a droplet and a status in its document', async () => {
      await fleet.insert('alpha', 'beta', 'gamma', 'delta', 'epsilon');
      await fleet.levelled();
      const alpha = await fleet.find('alpha');
      assert.match(alpha?.status?.droplet?.publicIPv4 ?? '', /^\d+\.\d+\.\d+\.\d+$/);
    });

    it('sets one field, and the droplet is switched off', async () => {
      await fleet.set('alpha', { powerState: 'Stopped' });
      await fleet.levelled();
      assert.equal((await fleet.dropletOf('alpha'))?.status, 'off');
    });

    it('replaces a document and wipes its status: it comes back, with the same droplet', async () => {
      const before = await fleet.dropletOf('beta');
      await fleet.bots.replaceOne({ _id: 'default/beta' }, { spec: { accountRef: { name: 'team' } } });
      await until(
        'its status to be back',
        60_000,
        20,
        async () => (await fleet.find('beta'))?.status !== undefined,
      );
      await fleet.levelled();
      assert.equal((await fleet.dropletOf('beta'))?.id, before?.id);
    });

    it('inserts a bad value: its status tells of it, the others go on, and mending it is enough', async () => {
      const spec = { accountRef: { name: 'team' }, powerState: 'Sleeping' } as never;
      await fleet.bots.insertOne({ _id: 'default/bad', spec });
      await until('it to be stalled', 60_000, 20, async () => {
        const { status } = (await fleet.find('bad')) ?? {};
        return (
          status?.conditions?.some(
            ({ type, status: is, message }) =>
              type === 'Stalled' && is === 'True' && /powerState/.test(message ?? ''),
          ) ?? false
        );
      });
      await fleet.set('alpha', { powerState: 'Running' });
      await fleet.ready(['alpha']);
      await fleet.set('bad', { powerState: 'Running' });
      await fleet.levelled();
    });

    it('deletes a document, and its droplet goes', async () => {
      await fleet.delete('gamma');
      await fleet.levelled();
      assert.equal(fleet.droplets().length, 5);
    });

    it('inserts a deleted bot again: it is another one, with another droplet', async () => {
      await fleet.insert('gamma');
      await fleet.levelled();
      await fleet.assertExact();
      assert.equal(fleet.simulator.lives.lives().length, 7);
    });

    it('deletes the document of a protected bot: it stays until it is declared without protection', async () => {
      await fleet.set('alpha', { deletionProtection: true, powerState: 'Stopped' });
      await fleet.levelled();
      const before = await fleet.dropletOf('alpha');
      await fleet.delete('alpha');
      const kept = await fleet.clawfleet('wait', 'bot', 'alpha', '--for=condition=Stalled', '--timeout=60s');
      assert.equal(kept.code, 0, kept.stderr);
      const { stdout } = await fleet.clawfleet('describe', 'bot', 'alpha');
      assert.match(stdout, /Ready +False +DeletionProtected/);
      assert.ok(fleet.droplets().some(({ id }) => id === before?.id));
      await fleet.insert('alpha');
      await fleet.levelled();
      assert.equal((await fleet.dropletOf('alpha'))?.id, before?.id);
      await fleet.delete('alpha');
      await fleet.levelled();
      assert.ok(!fleet.droplets().some(({ id }) => id === before?.id));
    });
  },
);
