import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { mongoEditor } from '../../../../src/adapters/mongodb/source/mongo-editor.ts';
import { openMongoReader } from '../../../../src/adapters/mongodb/source/mongo-reader.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { faultOf, PortError } from '../../../../src/ports/port-error.ts';
import { botObject, statusOf } from '../../../contract/source-bed.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const spec = { accountRef: { name: 'team' } };

await eachMongo(
  'commands on a database',
  () => true,
  ({ server }) => {
    let bed: MongoBed;

    beforeEach(() => {
      bed = new MongoBed(server().uri);
      bed.open();
    });
    afterEach(() => bed.close());

    const open = () =>
      openMongoReader({ db: bed.db, collections: bed.collections, clock: systemClock, log: silentLog });
    const editor = () => mongoEditor({ db: bed.db, collections: bed.collections, chance: systemChance });

    it('show what is declared before a controller ever ran, and change nothing', async () => {
      await bed.declare(botObject('alpha', { persona: 'tweaker' }));
      await bed.declare(botObject('bad', { persona: 'nonsense' }));
      await bed.bots.insertOne({ _id: 'UPPER', spec });
      const reader = await open();
      assert.deepEqual(
        reader.bots().map(({ key, spec: read, problems }) => [key, read?.persona, problems.length]),
        [
          ['default/alpha', 'tweaker', 0],
          ['default/bad', undefined, 1],
        ],
      );
      assert.deepEqual(
        [reader.fleet(), await reader.events(), reader.health().whole],
        [undefined, [], false],
      );
      assert.equal(await bed.ledger.countDocuments(), 0);
      reader.close();
    });

    it('show status, events and the fleet beside a controller, and a change soon after it', async () => {
      await bed.declare(botObject('alpha'));
      await bed.declare({ ...botObject('team'), kind: 'Account', spec: { tier: 'pro' } });
      await bed.start();
      await bed.source.writeStatus(bed.bot('alpha'), statusOf('Online'));
      bed.source.recordEvent({ ...bed.bot('alpha'), type: 'Normal', reason: 'Tested', message: 'well' });
      const reader = await open();
      let told = 0;
      const stop = reader.watch(() => {
        told += 1;
      });
      assert.deepEqual(reader.bots(), [bed.bot('alpha')]);
      assert.deepEqual(reader.accounts(), [...bed.source.accounts()]);
      assert.equal(reader.fleet()?.boundTo, reader.boundNow());
      await bed.source.writeStatus(bed.bot('alpha'), statusOf('Paused'));
      await until('the new status is shown', 60_000, 10, () => reader.bots()[0]?.status.phase === 'Paused');
      await until('it is told', 60_000, 10, () => told > 0);
      await bed.remove(botObject('alpha'));
      await until('the deletion is shown', 60_000, 10, () => reader.bots()[0]?.deletion?.implicit === true);
      await until('it is known', 60_000, 10, () => Boolean(bed.bot('alpha').deletion));
      await bed.source.removeFinalizer(bed.bot('alpha'));
      await until('it is gone', 60_000, 10, () => reader.bots().length === 0);
      await until(
        'the event is stored',
        60_000,
        10,
        async () => (await reader.events('default/alpha')).length === 1,
      );
      stop();
    });

    it('edit single fields, and refuse what the rules refuse', async () => {
      await bed.declare(botObject('alpha', { persona: 'tweaker' }));
      await bed.start();
      const key = 'default/alpha';
      const stopped = [{ path: ['spec', 'powerState'], value: 'Stopped' }];
      assert.deepEqual(await editor().edit(key, stopped), { where: 'bots: default/alpha', changed: true });
      assert.equal((await editor().edit(key, stopped)).changed, false);
      await until('the edit is known', 60_000, 10, () => bed.bot('alpha').spec?.powerState === 'Stopped');
      await editor().edit(key, [
        { path: ['spec', 'persona'], value: undefined },
        { path: ['spec', 'droplet', 'size'], value: 's-1vcpu-1gb' },
      ]);
      const document = await bed.bots.findOne({ _id: key });
      assert.deepEqual(document?.['spec'], {
        ...spec,
        powerState: 'Stopped',
        droplet: { size: 's-1vcpu-1gb' },
      });
      await assert.rejects(
        editor().edit(key, [{ path: ['spec', 'persona'], value: 'nonsense' }]),
        /spec\.persona/,
      );
      await assert.rejects(editor().edit('default/none', stopped), (error) =>
        Boolean(faultOf(error, 'absent')),
      );
    });

    it('add a bot once', async () => {
      const manifest = `apiVersion: clawfleet.dev/v1alpha1\nkind: Bot\nmetadata: {name: alpha}\nspec: {accountRef: {name: team}}\n`;
      assert.deepEqual(await editor().add(manifest, 'alpha'), {
        where: 'bots: default/alpha',
        changed: true,
      });
      await assert.rejects(editor().add(manifest, 'alpha'), /is declared already/);
      await assert.rejects(editor().add(manifest.replace('name: team', 'nam: team'), 'alpha'), /accountRef/);
      await bed.start();
      assert.deepEqual(bed.bot('alpha').spec, spec);
    });

    it('change the fleet’s record, whoever else writes it', async () => {
      await assert.rejects(
        editor().editFleet((state) => state),
        (error) => error instanceof PortError && error.fault.kind === 'absent',
      );
      await bed.start();
      const { state: before, version } = bed.source.fleet();
      await editor().editFleet((state) => ({ ...state, acceptedNew: true }));
      await assert.rejects(bed.source.saveFleet(before, version), (error) =>
        Boolean(faultOf(error, 'conflict')),
      );
      assert.equal(bed.source.fleet().state.acceptedNew, true);
    });
  },
);
