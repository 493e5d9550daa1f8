import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { Document } from 'mongodb';
import { problemText } from '../../../../src/model/problem.ts';
import type { BotRecord } from '../../../../src/model/records.ts';
import type { ResourceKey } from '../../../../src/model/resource-key.ts';
import { agentStatus, botObject, statusOf } from '../../../contract/source-bed.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { mangled } from '../support/mangled.ts';
import { MongoBed } from './mongo-bed.ts';

const spec = { accountRef: { name: 'team' } };
const id = (name: string) => `default/${name}`;

await eachMongo(
  'writers whom nobody controls',
  () => true,
  ({ kind, server }) => {
    let bed: MongoBed;

    beforeEach(() => {
      bed = new MongoBed(server().uri);
    });
    afterEach(() => bed.close());

    const eventually = async <T>(what: string, check: () => T | undefined | false): Promise<T> => {
      let found: T | undefined | false;
      await until(what, 60_000, 10, async () => {
        found = check();
        return found !== undefined && found !== false;
      });
      return found as T;
    };
    const there = (name: string) => bed.source.bot(id(name) as ResourceKey);
    /** Once the bot is so. */
    const bot = (name: string, what: string, is: (record: BotRecord) => boolean) =>
      eventually(`${name} ${what}`, () => {
        const record = there(name);
        return record && is(record) && record;
      });
    /** Whatever was written before has been taken in when this resolves. */
    const settled = async () => {
      const name = `marker-${performance.now()}`.replace('.', '-');
      await bed.bots.insertOne({ _id: id(name), spec });
      await eventually('the marker is known', () => there(name));
    };
    const stored = async (name: string, what: string, is: (document: Document) => boolean) => {
      let found: Document | null = null;
      await until(`the document of ${name} ${what}`, 60_000, 20, async () => {
        found = await bed.bots.findOne({ _id: id(name) });
        return found !== null && is(found);
      });
      return found as unknown as Document;
    };

    it('takes a document with nothing but _id and spec', async () => {
      await bed.bots.insertOne({ _id: 'shop/alpha', spec });
      await bed.start();
      const record = bed.source.bot('shop/alpha');
      assert.deepEqual(
        [record?.namespace, record?.name, record?.spec, record?.problems],
        ['shop', 'alpha', spec, []],
      );
    });

    it('shows each status in the document, without hashes of tokens', async () => {
      await bed.declare(botObject('alpha'));
      await bed.start();
      const status = { ...statusOf('Online'), ...agentStatus };
      await bed.source.writeStatus(bed.bot('alpha'), status);
      const { status: shown } = await stored('alpha', 'shows it', ({ status: s }) => s?.phase === 'Online');
      const { registration: _, ...rest } = status;
      assert.deepEqual(shown, { ...rest, record: { version: 2, epoch: 1 } });
    });

    it('keeps uid and status of a document replaced as a whole, and puts the status back', async () => {
      await bed.declare(botObject('alpha', { persona: 'tweaker' }));
      await bed.start();
      const written = await bed.source.writeStatus(bed.bot('alpha'), statusOf('Online'));
      await stored('alpha', 'shows it', ({ status }) => status?.phase === 'Online');
      await bed.bots.replaceOne({ _id: id('alpha') }, { spec: { ...spec, persona: 'beginner' } });
      const after = await bot('alpha', 'has the new spec', (one) => one.spec?.persona === 'beginner');
      assert.deepEqual(
        [after.uid, after.generation, after.status, after.pristine],
        [written.uid, written.generation + 1, written.status, false],
      );
      await stored('alpha', 'shows its status again', ({ status }) => status?.phase === 'Online');
    });

    it('believes no status that somebody else writes, and puts its own back', async () => {
      await bed.declare(botObject('alpha'));
      await bed.start();
      const { status } = await bed.source.writeStatus(bed.bot('alpha'), statusOf('Online'));
      await stored('alpha', 'shows it', (document) => document['status']?.phase === 'Online');
      await bed.bots.updateOne(
        { _id: id('alpha') },
        { $set: { status: { phase: 'Error', droplet: { id: 7 } } } },
      );
      await stored('alpha', 'shows its own', (document) => document['status']?.phase === 'Online');
      assert.deepEqual(bed.bot('alpha').status, status);
      await bed.bots.updateOne({ _id: id('alpha') }, { $unset: { status: '' } });
      await stored('alpha', 'shows it again', (document) => document['status']?.phase === 'Online');
      await bed.start();
      assert.deepEqual(bed.bot('alpha').status, status);
    });

    it('puts its status back over an older copy that a former leader wrote late', async () => {
      await bed.declare(botObject('alpha'));
      await bed.start({ epoch: () => 2 });
      const { version } = await bed.source.writeStatus(bed.bot('alpha'), statusOf('Pending'));
      await bed.source.writeStatus(bed.bot('alpha'), statusOf('Online'));
      await stored('alpha', 'shows it', ({ status }) => status?.phase === 'Online');
      const late = { ...statusOf('Pending'), record: { version: Number(version), epoch: 1 } };
      await bed.bots.updateOne({ _id: id('alpha') }, { $set: { status: late } });
      await stored('alpha', 'shows it again', ({ status }) => status?.phase === 'Online');
    });

    it('takes one field that is set as an edit; another order of fields, or a label, as none', async () => {
      await bed.declare(botObject('alpha', { persona: 'tweaker', powerState: 'Running' }));
      await bed.start();
      const before = bed.bot('alpha');
      const reordered = { powerState: 'Running', persona: 'tweaker', accountRef: { name: 'team' } };
      await bed.bots.replaceOne(
        { _id: id('alpha') },
        { spec: reordered, metadata: { namespace: 'default', labels: { a: 'b' }, name: 'alpha' } },
      );
      await settled();
      assert.deepEqual(
        [bed.bot('alpha').generation, bed.bot('alpha').version],
        [before.generation, before.version],
      );
      await bed.bots.updateOne({ _id: id('alpha') }, { $set: { 'spec.powerState': 'Stopped' } });
      const after = await bot('alpha', 'is to be stopped', (one) => one.spec?.powerState === 'Stopped');
      assert.deepEqual([after.uid, after.generation], [before.uid, before.generation + 1]);
    });

    const badValues: [string, Document, RegExp][] = [
      ['a date where no date can be meant', { spec: { ...spec, persona: new Date(0) } }, /spec\.persona/],
      ['a number that no size is', { spec: { ...spec, droplet: { size: 7 } } }, /spec\.droplet\.size/],
      ['no spec', {}, /spec/],
      ['a spec that is a text', { spec: 'none' }, /spec/],
      ['a field that nobody knows', { spec: { ...spec, persnoa: 'tweaker' } }, /persnoa/],
      [
        'another name in its metadata',
        { spec, metadata: { name: 'other' } },
        /metadata\.name must be bad-5, as _id says/,
      ],
      [
        'another namespace in its metadata',
        { spec, metadata: { namespace: 'x' } },
        /metadata\.namespace must be default/,
      ],
      ['metadata that is a list', { spec, metadata: [] }, /metadata must be an object/],
      ['another kind', { spec, kind: 'Account' }, /kind must be Bot/],
      ['another version of the API', { spec, apiVersion: 'v1' }, /apiVersion must be clawfleet\.dev/],
    ];
    it('tells of each bad value on its own bot, keeps its last good spec, and goes on with the others', async () => {
      const good = { ...spec, persona: 'tweaker' };
      const names = badValues.map((_, index) => `bad-${index}`);
      await bed.bots.insertMany([...names, 'good'].map((name) => ({ _id: id(name), spec: good })));
      await bed.start();
      const before = bed.bot('bad-0');
      for (const [index, [, body]] of badValues.entries())
        await bed.bots.replaceOne({ _id: id(`bad-${index}`) }, body);
      await bed.bots.updateOne({ _id: id('good') }, { $set: { 'spec.persona': 'beginner' } });
      await bot('good', 'has its new spec', (one) => one.spec?.persona === 'beginner');
      for (const [index, [what, , problem]] of badValues.entries()) {
        const bad = await bot(`bad-${index}`, `tells of ${what}`, (one) => one.problems.length > 0);
        assert.match(bad.problems.map(problemText).join('\n'), problem);
        assert.deepEqual([bad.generation, bad.spec?.persona], [before.generation, 'tweaker']);
      }
      // FerretDB takes a replacement with equal values under other names for none: each gets one more value.
      const mended = { ...good, powerState: 'Running' };
      for (const name of names) await bed.bots.replaceOne({ _id: id(name) }, { spec: mended });
      for (const name of names) await bot(name, 'is mended', (one) => one.problems.length === 0);
      assert.deepEqual(
        [bed.bot('bad-0').uid, bed.bot('bad-0').generation],
        [before.uid, before.generation + 1],
      );
    });

    it('tells of ids that name no bot, and of no bot that is absent while they are there', async () => {
      await bed.db
        .collection('bots')
        .insertMany([{ spec }, { _id: 5, spec }, { _id: 'alpha', spec }] as never[]);
      await bed.bots.insertMany([
        { _id: 'default/UPPER', spec },
        { _id: 'a/b/c', spec },
        { _id: id('good'), spec },
      ]);
      await bed.start();
      const { whole, problems, failure } = bed.source.health();
      assert.deepEqual([whole, problems.length, failure], [false, 5, undefined]);
      assert.ok(problems.every(({ field }) => field === '_id'));
      assert.deepEqual(
        [...bed.source.bots()].map(({ key }) => key),
        ['default/good'],
      );
      await bed.bots.deleteMany({ _id: { $ne: id('good') } });
      await bed.start();
      assert.deepEqual(bed.source.health(), { whole: true, problems: [] });
    });

    it('reads on where the server hands out a text that is none', {
      skip: kind.program.kind === 'running' && 'nothing stands before it',
    }, async () => {
      await bed.bots.insertMany([
        { _id: id('bad'), spec: { ...spec, persona: 'ZZZZ' } },
        { _id: id('good'), spec },
      ]);
      await using mangling = await mangled(server().address ?? assert.fail());
      const other = new MongoBed(`mongodb://${mangling.address}/?directConnection=true`, bed.db.databaseName);
      try {
        await other.start();
        assert.deepEqual([other.bot('good').problems, other.bot('bad').problems.length], [[], 1]);
        assert.equal(other.source.health().failure, undefined);
      } finally {
        await other.source.stop();
        await other.client.close();
      }
    });

    it('takes a document that is deleted and inserted again, before anything ends, as an edit', async () => {
      await bed.declare(botObject('alpha', { persona: 'tweaker' }));
      await bed.start();
      const before = bed.bot('alpha');
      await bed.bots.deleteOne({ _id: id('alpha') });
      await bed.bots.insertOne({ _id: id('alpha'), spec: { ...spec, persona: 'beginner' } });
      const after = await bot('alpha', 'is declared again', (one) => one.spec?.persona === 'beginner');
      assert.deepEqual(
        [after.uid, after.generation, after.deletion],
        [before.uid, before.generation + 1, undefined],
      );
    });

    it('lets one that is inserted again while the old one ends wait, and makes it another bot', async () => {
      await bed.declare(botObject('alpha', { persona: 'tweaker' }));
      await bed.start();
      const { uid } = bed.bot('alpha');
      await bed.bots.deleteOne({ _id: id('alpha') });
      const going = await bot('alpha', 'is to go', (one) => one.deletion?.implicit === true);
      const ending = await bed.source.writeStatus(going, statusOf('Deleting'));
      await bed.bots.insertOne({ _id: id('alpha'), spec: { ...spec, persona: 'beginner' } });
      await settled();
      assert.deepEqual(bed.bot('alpha'), ending);
      await bed.source.removeFinalizer(ending);
      const after = await bot('alpha', 'is another one', (one) => one.uid !== uid);
      assert.deepEqual(
        [after.deletion, after.status, after.pristine, after.spec?.persona],
        [undefined, {}, true, 'beginner'],
      );
    });

    it('takes a deletionTimestamp for an order, and removes the document at the end', async () => {
      await bed.declare(botObject('alpha'));
      await bed.start();
      await bed.bots.updateOne(
        { _id: id('alpha') },
        { $set: { 'metadata.deletionTimestamp': new Date(), 'spec.deletionPolicy': 'Orphan' } },
      );
      const going = await bot('alpha', 'is to go', (one) => one.deletion !== undefined);
      assert.deepEqual([going.deletion?.implicit, going.spec?.deletionPolicy], [false, 'Orphan']);
      await bed.source.removeFinalizer(going);
      assert.equal(await bed.bots.findOne({ _id: id('alpha') }), null);
      await settled();
      assert.equal(there('alpha'), undefined);
    });

    it('removes a document at once whose deletion was asked for before it was ever seen', async () => {
      await bed.start();
      await bed.bots.insertOne({ _id: id('alpha'), metadata: { deletionTimestamp: new Date() }, spec });
      await until(
        'the document is gone',
        60_000,
        20,
        async () => (await bed.bots.findOne({ _id: id('alpha') })) === null,
      );
      assert.equal(there('alpha'), undefined);
    });

    it('takes a document moved to another _id for the end of one bot and the beginning of another', async () => {
      await bed.declare(botObject('alpha'));
      await bed.start();
      const { uid } = bed.bot('alpha');
      const { _id, metadata: __, ...body } = (await bed.bots.findOne({ _id: id('alpha') })) as Document;
      await bed.bots.insertOne({ ...body, _id: id('beta') });
      await bed.bots.deleteOne({ _id });
      await bot('alpha', 'is to go', (one) => one.deletion?.implicit === true);
      assert.notEqual((await bot('beta', 'is there', () => true)).uid, uid);
    });

    it('never tells a listener of the copies that it writes itself', async () => {
      await bed.declare(botObject('alpha'));
      await bed.start();
      await bed.source.writeStatus(bed.bot('alpha'), statusOf('Online'));
      await stored('alpha', 'shows it', ({ status }) => status?.phase === 'Online');
      await settled();
      assert.deepEqual(
        bed.told.bots.filter(({ key, live }) => live && key === 'default/alpha'),
        [],
      );
    });
  },
);
