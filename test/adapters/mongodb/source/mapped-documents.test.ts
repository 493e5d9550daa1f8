import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { Binary, Decimal128, type Document, Double, Int32, Long, ObjectId } from 'mongodb';
import { openMongoReader } from '../../../../src/adapters/mongodb/source/mongo-reader.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { problemText } from '../../../../src/model/problem.ts';
import type { ResourceKey } from '../../../../src/model/resource-key.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const accountRef = { name: 'team' };
const now = new Date('2026-03-01T12:00:00.000Z');
const id = () => new ObjectId();

/** What of it counts, and the document as some mapper or driver writes it. */
const good: Readonly<Record<string, [spec: object, document: Document]>> = {
  plain: [{}, { spec: { accountRef } }],
  mongoose: [
    { droplet: { region: 'fra1' } },
    {
      __v: 0,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      owner: id(),
      spec: { _id: id(), accountRef: { _id: id(), ...accountRef }, droplet: { _id: id(), region: 'fra1' } },
    },
  ],
  'mongoose-discriminator': [{}, { __t: 'Trader', spec: { __t: 'TraderSpec', __v: 3, accountRef } }],
  spring: [
    {},
    {
      _class: 'com.example.Bot',
      metadata: { _class: 'com.example.Metadata', labels: { team: 'x' } },
      spec: { _class: 'com.example.BotSpec', accountRef },
    },
  ],
  csharp: [
    { risk: {} },
    { _t: ['Entity', 'Bot'], spec: { _t: 'BotSpec', accountRef, risk: { _t: 'Risk' } } },
  ],
  nulls: [
    { risk: {}, droplet: {}, bootstrap: { toolchain: {} } },
    {
      metadata: null,
      spec: {
        accountRef,
        displayName: null,
        trading: null,
        risk: { maxTradesPerDay: null },
        droplet: { region: null, sshKeys: null },
        bootstrap: { toolchain: { globalNpmPackages: null } },
      },
    },
  ],
  undefined: [{}, { spec: { accountRef, displayName: undefined } }],
  numbers: [
    { risk: { maxTradesPerDay: 30, maxDailyLossPercent: 5.5 }, health: { heartbeatTimeoutSeconds: 120 } },
    {
      spec: {
        accountRef,
        risk: { maxTradesPerDay: new Long(30), maxDailyLossPercent: new Double(5.5) },
        health: { heartbeatTimeoutSeconds: new Int32(120) },
      },
    },
  ],
  decimals: [
    { risk: { maxTradesPerDay: 1000, maxDailyLossPercent: 5.5 } },
    {
      spec: {
        accountRef,
        risk: {
          maxTradesPerDay: Decimal128.fromString('1E+3'),
          maxDailyLossPercent: Decimal128.fromString('5.50'),
        },
      },
    },
  ],
  doubles: [
    { risk: { maxTradesPerDay: 30 } },
    { spec: { accountRef, risk: { maxTradesPerDay: new Double(30) } } },
  ],
  date: [{ rebootRequest: now.toISOString() }, { spec: { accountRef, rebootRequest: now } }],
  annotated: [{}, { metadata: { annotations: { updated: now } }, spec: { accountRef } }],
};

const bad: Readonly<Record<string, [document: Document, ...texts: readonly string[]]>> = {
  long: [
    { spec: { accountRef, adopt: { dropletID: Long.fromString('9007199254740993') } } },
    'spec.adopt.dropletID must be a whole number of at most 9007199254740991 (2^53 - 1), got Long 9007199254740993',
  ],
  decimals: [
    { spec: { accountRef, risk: { maxDailyLossPercent: Decimal128.fromString('5.50000000000000000001') } } },
    'spec.risk.maxDailyLossPercent must be a number that a double holds exactly, got Decimal128 5.50000000000000000001',
  ],
  reference: [
    { spec: { accountRef: new ObjectId('65f000000000000000000001') } },
    'spec.accountRef must be an object, got ObjectId 65f000000000000000000001',
  ],
  named: [
    { spec: { accountRef: { name: new ObjectId('65f000000000000000000001') } } },
    'spec.accountRef.name must be a string: write it as text, got ObjectId 65f000000000000000000001',
  ],
  expression: [
    { kind: /Bot/, spec: { accountRef, persona: /beginner/i } },
    'spec.persona must be one of beginner, tweaker, quant_lite, as text, got RegExp /beginner/i',
    'kind must be Bot, or be left out, got RegExp /Bot/',
  ],
  labels: [
    {
      metadata: { labels: { priority: 3, active: true, owner: new Binary(Buffer.from([1, 2])) } },
      spec: { accountRef },
    },
    'metadata.labels.owner must be a string: write it as text, got Binary of subtype 0, 0102',
    'metadata.labels.priority must be a string; put it in quotes, got 3',
    'metadata.labels.active must be a string; put it in quotes, got true',
  ],
  metadata: [{ metadata: id(), spec: { accountRef } }, 'metadata must be an object, got ObjectId'],
};

await eachMongo(
  'documents as mappers and drivers write them',
  () => true,
  ({ kind, server }) => {
    let bed: MongoBed;

    beforeEach(() => {
      bed = new MongoBed(server().uri);
      bed.open();
    });
    afterEach(() => bed.close());

    const insert = (documents: Readonly<Record<string, Document>>) =>
      bed.bots.insertMany(
        Object.entries(documents).map(([name, one]) => ({ _id: `default/${name}`, ...one })),
      );
    /** FerretDB 1 ends the connection over a Decimal128. */
    const hasDecimals = kind.program.kind !== 'ferretdb';
    const known = <T>(of: Readonly<Record<string, T>>) => {
      const { decimals: _, ...others } = of;
      return hasDecimals ? of : (others as Readonly<Record<string, T>>);
    };
    const first = (of: Readonly<Record<string, readonly unknown[]>>, index: number) =>
      Object.fromEntries(Object.entries(of).map(([name, parts]) => [name, parts[index] as Document]));
    const problemsOf = (name: string) => bed.bot(name).problems.map(problemText);
    const reader = () =>
      openMongoReader({ db: bed.db, collections: bed.collections, clock: systemClock, log: silentLog });

    it('declare what they say, and nothing by what mappers note for themselves', async () => {
      await insert(first(known(good), 1));
      await bed.start();
      for (const [name, [spec]] of Object.entries(known(good))) {
        assert.deepEqual(problemsOf(name), [], name);
        assert.deepEqual(bed.bot(name).spec, { accountRef, ...spec }, name);
      }
    });

    it('are told field by field where a value fits nowhere, alike by controller and commands', async () => {
      await insert(first(known(bad), 0));
      await bed.start();
      const seen = await reader();
      for (const [name, [, ...texts]] of Object.entries(known(bad))) {
        const told = problemsOf(name);
        assert.deepEqual([told.length, bed.bot(name).spec], [texts.length, undefined], told.join('\n'));
        for (const [index, text] of texts.entries())
          assert.ok(told[index]?.includes(`bots: Bot default/${name}: ${text}`), `${told[index]}`);
        const shown = seen
          .bots()
          .find((bot) => bot.name === name)
          ?.problems.map(problemText);
        assert.deepEqual(shown, told);
      }
      assert.deepEqual(seen.health(), bed.source.health());
    });

    it('declare an Account so, too', async () => {
      const money = {
        maxBots: new Long(5),
        monthlyBudgetUSD: hasDecimals ? Decimal128.fromString('100.50') : 100.5,
      };
      await bed.db
        .collection<Document & { _id: string }>('accounts')
        .insertOne({ _id: 'default/money', __v: 0, spec: { _id: id(), ...money } });
      await bed.start();
      const account = bed.source.account('default/money' as ResourceKey);
      assert.deepEqual([account?.problems, account?.spec], [[], { maxBots: 5, monthlyBudgetUSD: 100.5 }]);
    });

    it('declare one by an upsert that sets a single field', async () => {
      await bed.start();
      await bed.bots.updateOne(
        { _id: 'default/upsert' },
        { $set: { 'spec.accountRef.name': 'team' }, $setOnInsert: { createdAt: now } },
        { upsert: true },
      );
      await until('it is known', 60_000, 10, () => Boolean(bed.source.bot('default/upsert')));
      assert.deepEqual([problemsOf('upsert'), bed.bot('upsert').spec], [[], { accountRef }]);
    });

    it('store nothing when a mapper only writes its own fields anew', async () => {
      await insert(first(known(good), 1));
      await bed.start();
      const before = bed.bot('mongoose');
      await bed.bots.updateOne(
        { _id: 'default/mongoose' },
        { $set: { __v: 1, updatedAt: new Date(), 'spec._id': id(), 'spec.droplet._id': id() } },
      );
      await bed.bots.updateOne({ _id: 'default/plain' }, { $set: { 'spec.persona': 'tweaker' } });
      await until('a later edit is known', 60_000, 10, () => bed.bot('plain').spec?.persona === 'tweaker');
      assert.deepEqual(
        [bed.bot('mongoose').version, bed.bot('mongoose').generation],
        [before.version, before.generation],
      );
    });

    const unnamed: [string, Document, RegExp][] = [
      [
        'names itself',
        { namespace: 'shop', name: 'alpha' },
        /; insert it again with _id "shop\/alpha", got ObjectId /,
      ],
      [
        'names itself in metadata',
        { metadata: { name: 'alpha' } },
        /with _id "default\/alpha", got ObjectId /,
      ],
      ['does not name itself', {}, /both of lower-case letters, digits and dashes, got ObjectId /],
    ];
    for (const [what, fields, text] of unnamed)
      it(`are told with the _id that they need when a driver made one and the document ${what}`, async () => {
        await bed.start();
        await bed.bots.insertOne({ _id: id() as never, ...fields, spec: { accountRef } });
        const problems = () => bed.source.health().problems;
        await until('it is told', 60_000, 10, () => problems().length === 1);
        const [told = ''] = problems().map(problemText);
        assert.match(told, /^bots: ObjectId [0-9a-f]{24}: _id must be the text namespace\/name/);
        assert.match(told, text);
        assert.deepEqual((await reader()).health(), bed.source.health());
      });
  },
);
