import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Document } from 'mongodb';
import { connectMongo, type MongoConnection } from '../../../../src/adapters/mongodb/client/connect.ts';
import { prepareDatabase } from '../../../../src/adapters/mongodb/setup/prepare-database.ts';
import { accountValidator, botValidator } from '../../../../src/adapters/mongodb/setup/validator.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { defaultCollections } from '../../../../src/model/collection-names.ts';
import { eachMongo } from '../support/each-mongo.ts';

/** Keywords that a server refuses in a `$jsonSchema`. */
const refused = new Set([
  '$ref',
  '$schema',
  '$id',
  'id',
  'default',
  'definitions',
  'format',
  'type',
  'const',
]);

function keywordsOf(schema: unknown, isNames = false): string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(isNames ? [] : [key]),
    ...keywordsOf(value, key === 'properties' || key === 'patternProperties'),
  ]);
}

describe('the validators', () => {
  it('use only what $jsonSchema has', () => {
    for (const validator of [botValidator, accountValidator])
      assert.deepEqual(
        keywordsOf(validator['$jsonSchema']).filter((keyword) => refused.has(keyword)),
        [],
      );
  });

  it('leave room for what mappers write: nulls, fields of their own, dates and UUIDs as text', () => {
    const { properties } = botValidator['$jsonSchema'] as { properties: { spec: Document } };
    const { accountRef, risk, droplet, rebootRequest, powerState } = properties.spec['properties'];
    const [own = ''] = Object.keys(properties.spec['patternProperties']);
    for (const name of ['_id', '__v', '_class', '_t']) assert.match(name, new RegExp(own));
    for (const name of ['id', '_ids', 'persona']) assert.doesNotMatch(name, new RegExp(own));
    for (const node of [accountRef, risk, droplet])
      assert.deepEqual(Object.keys(node.patternProperties), [own]);
    assert.equal(accountRef.bsonType, 'object', 'required, so that null is none');
    assert.deepEqual(accountRef.properties.name.bsonType, ['string', 'binData']);
    assert.deepEqual(risk.bsonType, ['object', 'null']);
    assert.deepEqual(rebootRequest.bsonType, ['string', 'binData', 'date', 'null']);
    assert.deepEqual(powerState, {
      ...powerState,
      bsonType: ['string', 'null'],
      enum: ['Running', 'Stopped', null],
    });
  });

  it('take a _id of namespace and name alone', () => {
    const { properties } = botValidator['$jsonSchema'] as { properties: { _id: { pattern: string } } };
    const pattern = new RegExp(properties._id.pattern);
    for (const good of ['default/alpha', 'a/b-1']) assert.match(good, pattern);
    for (const bad of ['alpha', 'a/b/c', '/b', 'a/', 'A/b', 'a/b_c']) assert.doesNotMatch(bad, pattern);
  });
});

await eachMongo(
  'prepareDatabase()',
  () => true,
  ({ kind, server }) => {
    let connection: MongoConnection;
    before(async () => {
      const database = `clawfleet-setup-${systemChance.uuid().slice(0, 8)}`;
      connection = await connectMongo({ uri: server().uri, database });
    });
    after(async () => {
      await connection.db.dropDatabase();
      await connection.close();
    });

    it('makes what the server has, and says what it lacks', async () => {
      const [about, ...steps] = await prepareDatabase(connection.db, defaultCollections);
      assert.equal(about?.lacks.length, kind.streams ? 0 : 1);
      assert.deepEqual(
        steps.map(({ subject, done }) => [subject, done[0]]),
        ['bots', 'accounts', 'events', 'leases', 'ledger'].map((name) => [name, 'made']),
      );
      const collections = await connection.db.listCollections().toArray();
      assert.deepEqual(collections.map(({ name }) => name).sort(), Object.values(defaultCollections).sort());
      const hasValidator = kind.program.kind === 'mongod' || kind.program.kind === 'running';
      assert.equal(steps[0]?.lacks.length, hasValidator ? 0 : 1, String(steps[0]?.lacks));
      const indexes = await connection.db.collection('events').indexes();
      assert.ok(
        indexes.some(({ key }) => (key as Document)['key'] === 1 && (key as Document)['lastAt'] === 1),
      );
    });

    it('changes nothing when it is repeated', async () => {
      const state = async () => [
        await connection.db.listCollections().toArray(),
        await connection.db.collection('events').indexes(),
      ];
      const earlier = await state();
      const [, ...steps] = await prepareDatabase(connection.db, defaultCollections);
      assert.ok(steps.every(({ done }) => done[0] === 'is there'));
      assert.deepEqual(await state(), earlier);
    });

    it('refuses a bad document where the server has validators', async (test) => {
      if (kind.program.kind === 'ferretdb' || kind.program.kind === 'java') return test.skip('it has none');
      const bots = connection.db.collection<{ _id: string }>('bots');
      const bot = (spec: object) => ({ _id: 'default/alpha', spec: { accountRef: { name: 'a' }, ...spec } });
      await assert.rejects(bots.insertOne(bot({ powerState: 'Sleeping' })), /validation/);
      await assert.rejects(bots.insertOne(bot({ unknown: 1 })), /validation/);
      await bots.insertOne(bot({ powerState: 'Stopped', risk: { maxPositionSizePercent: 5 } }));
      const mapped = {
        _class: 'Spec',
        persona: null,
        trading: null,
        rebootRequest: new Date(),
        risk: { __v: 0 },
      };
      await bots.replaceOne({ _id: 'default/alpha' }, bot(mapped));
    });
  },
);
