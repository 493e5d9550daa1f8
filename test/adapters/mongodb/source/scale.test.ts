import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { statusOf } from '../../../contract/source-bed.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const withinMs = 60_000;
const documents = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    _id: `default/bot-${index}`,
    metadata: { name: `bot-${index}` },
    spec: { accountRef: { name: 'team' }, persona: 'tweaker', droplet: { tags: [`group-${index % 10}`] } },
  }));

await eachMongo(
  'many documents',
  () => true,
  ({ kind, server }) => {
    let bed: MongoBed;
    const commands = new Map<string, number>();

    beforeEach(() => {
      bed = new MongoBed(server().uri);
      commands.clear();
      bed.client.on('commandStarted', ({ commandName, command }) => {
        const name = `${commandName} ${command[commandName]}`;
        commands.set(name, (commands.get(name) ?? 0) + 1);
      });
    });
    afterEach(() => bed.close());

    const sent = (name: string) => commands.get(name) ?? 0;

    it('are taken in many at a time', async () => {
      await bed.start();
      await bed.bots.insertMany(documents(1_000));
      await until('all are known', withinMs, 10, () => [...bed.source.bots()].length === 1_000);
      assert.ok(sent('insert ledger') <= 100, `${sent('insert ledger')} commands for 1,000 records`);
    });

    it('get their status many at a time, with one copy each', {
      skip: !kind.streams && 'each update takes FerretDB as long as there are documents',
    }, async () => {
      await bed.bots.insertMany(documents(300));
      await bed.start();
      const write = () =>
        Promise.all(
          [...bed.source.bots()].map((record) => bed.source.writeStatus(record, statusOf('Online'))),
        );
      await write();
      assert.ok(sent('update ledger') <= 15, `${sent('update ledger')} commands for 300 records`);
      await until('all documents show it', withinMs, 50, async () => {
        return (await bed.bots.countDocuments({ 'status.phase': 'Online' })) === 300;
      });
      assert.ok(sent('update bots') <= 20, `${sent('update bots')} commands for 300 documents`);
      // Of the copies nothing has to be read again.
      assert.ok(sent('find bots') <= 2, `${sent('find bots')} reads`);
    });

    it('cost nothing but reading once they are known', {
      skip: !kind.streams && 'enough on one server',
    }, async () => {
      await bed.bots.insertMany(documents(2_000));
      await bed.start();
      const before = [...bed.source.bots()].map(({ uid }) => uid).sort();
      await bed.source.stop();
      commands.clear();
      await bed.start();
      assert.deepEqual([...bed.source.bots()].map(({ uid }) => uid).sort(), before);
      for (const name of ['insert ledger', 'update bots', 'delete ledger']) assert.equal(sent(name), 0, name);
      assert.ok(sent('update ledger') <= 1, 'a converged fleet causes no write but the fence');
    });
  },
);
