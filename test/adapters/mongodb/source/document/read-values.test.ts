import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Binary,
  BSONRegExp,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { bsonText, idText } from '../../../../../src/adapters/mongodb/source/document/bson-text.ts';
import { digestOf } from '../../../../../src/adapters/mongodb/source/document/declared-document.ts';
import {
  exactNumber,
  mapperFields,
  readValues,
} from '../../../../../src/adapters/mongodb/source/document/read-values.ts';
import { botManifestSchema } from '../../../../../src/model/check/checked-schemas.ts';
import { fieldText } from '../../../../../src/model/schema/field-path.ts';
import type { SchemaNode } from '../../../../../src/model/schema/schema-node.ts';

const object = new ObjectId('65f000000000000000000001');
const uuid = new UUID('f507e39a-0c6b-4364-a414-1b1627e12b51');
const date = new Date('2026-03-01T12:00:00.000Z');

describe('readValues()', () => {
  const read = (spec: object, metadata: object = {}) => {
    const { value, refusals } = readValues(botManifestSchema as unknown as SchemaNode, { metadata, spec });
    const told = refusals.map(({ path, rule, value: given }) => `${fieldText(path)} ${rule}, got ${given}`);
    return { ...(value as { spec: unknown; metadata: unknown }), told };
  };

  it('leaves out what mappers note for themselves, at any depth, in lists too', () => {
    for (const name of mapperFields) {
      const noted = { [name]: object };
      const spec = {
        ...noted,
        accountRef: { ...noted, name: 'a' },
        droplet: { sshKeys: [{ ...noted, id: 1 }] },
      };
      const { spec: left, metadata, told } = read(spec, { ...noted, labels: { ...noted, team: 'x' } });
      assert.deepEqual(left, { accountRef: { name: 'a' }, droplet: { sshKeys: [{ id: 1 }] } }, name);
      assert.deepEqual([metadata, told], [{ labels: { team: 'x' } }, []], name);
    }
  });

  const taken: [string, object, object][] = [
    ['a Date where free text is meant', { rebootRequest: date }, { rebootRequest: date.toISOString() }],
    [
      'a UUID where text is meant',
      { droplet: { vpcUUID: uuid } },
      { droplet: { vpcUUID: uuid.toHexString() } },
    ],
    [
      'a Decimal128, Double or Int32 where a number is meant',
      {
        risk: {
          maxDailyLossPercent: Decimal128.fromString('5.50'),
          maxDrawdownPercent: new Double(0.1),
          maxPositionSizePercent: new Int32(7),
        },
      },
      { risk: { maxDailyLossPercent: 5.5, maxDrawdownPercent: 0.1, maxPositionSizePercent: 7 } },
    ],
    [
      'a Long, a Decimal128 or a bigint where a whole number is meant',
      {
        risk: { maxTradesPerDay: new Long(30) },
        health: { heartbeatTimeoutSeconds: Decimal128.fromString('1.2E+2') },
      },
      { risk: { maxTradesPerDay: 30 }, health: { heartbeatTimeoutSeconds: 120 } },
    ],
    [
      'the last whole number that is safe',
      { adopt: { dropletID: 2n ** 53n - 1n } },
      { adopt: { dropletID: 2 ** 53 - 1 } },
    ],
    [
      'null and what is undefined as they are',
      { persona: null, trading: undefined },
      { persona: null, trading: undefined },
    ],
  ];
  for (const [what, given, expected] of taken)
    it(`takes ${what}`, () => {
      const { spec, told } = read(given);
      assert.deepEqual([spec, told], [expected, []]);
    });

  const refused: [string, object, string][] = [
    [
      'a Long beyond the safe numbers',
      { adopt: { dropletID: Long.fromString('9007199254740993') } },
      'spec.adopt.dropletID must be a whole number of at most 9007199254740991 (2^53 - 1), got Long 9007199254740993',
    ],
    [
      'a double that has lost digits already',
      { adopt: { dropletID: 2 ** 53 } },
      'spec.adopt.dropletID must be a whole number of at most 9007199254740991 (2^53 - 1), got Double 9007199254740992',
    ],
    [
      'a Decimal128 of more digits than a double has',
      { risk: { maxDailyLossPercent: Decimal128.fromString('5.50000000000000000001') } },
      'spec.risk.maxDailyLossPercent must be a number that a double holds exactly, got Decimal128 5.50000000000000000001',
    ],
    [
      'what is no number',
      { risk: { maxDailyLossPercent: Number.NaN } },
      'spec.risk.maxDailyLossPercent must be a number: write a Double or Decimal128, got Double NaN',
    ],
    [
      'a Date where a number is meant',
      { risk: { maxTradesPerDay: date } },
      'spec.risk.maxTradesPerDay must be a whole number: write an Int32 or Long, got Date 2026-03-01T12:00:00.000Z',
    ],
    [
      'a Date where one of some words is meant',
      { powerState: date },
      'spec.powerState must be one of Running, Stopped, as text, got Date 2026-03-01T12:00:00.000Z',
    ],
    [
      'a Date where no date can be meant',
      { accountRef: { name: date } },
      'spec.accountRef.name must be a string: write it as text, got Date 2026-03-01T12:00:00.000Z',
    ],
    [
      'a Date that no calendar has',
      { rebootRequest: new Date(Number.NaN) },
      'spec.rebootRequest must be a string: write it as text, got Date out of range',
    ],
    [
      'an ObjectId where an object is meant',
      { accountRef: object },
      `spec.accountRef must be an object, got ObjectId ${object}`,
    ],
    [
      'an ObjectId in a list of texts',
      { droplet: { sshKeys: ['1', object] } },
      `spec.droplet.sshKeys[1] must be a string: write it as text, got ObjectId ${object}`,
    ],
    [
      'a regular expression where a list is meant',
      { droplet: { tags: /a/i } },
      'spec.droplet.tags must be an array, got RegExp /a/i',
    ],
    [
      'a Timestamp where yes or no is meant',
      { droplet: { ipv6: new Timestamp({ t: 5, i: 6 }) } },
      'spec.droplet.ipv6 must be true or false, got Timestamp 5, 6',
    ],
    [
      'what might be secret, without its content',
      { llm: { provider: 'openai', apiKey: { encrypted: new Binary(Buffer.from('secret')) } } },
      'spec.llm.apiKey.encrypted must be a string: write it as text, got Binary',
    ],
  ];
  for (const [what, spec, text] of refused)
    it(`refuses ${what}, and says what there is and what to write`, () => {
      assert.deepEqual(read(spec).told, [text]);
    });

  it('does so for labels and annotations', () => {
    const { metadata, told } = read({}, { labels: { since: date }, annotations: { owner: object } });
    assert.deepEqual(metadata, { labels: { since: date.toISOString() }, annotations: { owner: null } });
    assert.deepEqual(told, [
      `metadata.annotations.owner must be a string: write it as text, got ObjectId ${object}`,
    ]);
  });
});

describe('exactNumber()', () => {
  it('takes decimals that a double has, in any notation', () => {
    const texts = [
      '0',
      '-0',
      '0.00',
      '5',
      '5.50',
      '1E+3',
      '0.1',
      '-2.5e-3',
      '100.50',
      '9007199254740991',
      '0E-6176',
    ];
    assert.deepEqual(texts.map(exactNumber), texts.map(Number));
  });

  it('takes none that a double would change', () => {
    const texts = [
      'NaN',
      'Infinity',
      '-Infinity',
      '9007199254740993',
      '0.1000000000000000000001',
      '1E+400',
      '1E-400',
    ];
    assert.deepEqual(
      texts.map(exactNumber),
      texts.map(() => undefined),
    );
  });
});

describe('values of BSON', () => {
  const shown: [unknown, string][] = [
    [object, `ObjectId ${object}`],
    [uuid, `UUID ${uuid.toHexString()}`],
    [new Binary(Buffer.from([1, 255]), 3), 'Binary of subtype 3, 01ff'],
    [date, 'Date 2026-03-01T12:00:00.000Z'],
    [new Timestamp({ t: 5, i: 6 }), 'Timestamp 5, 6'],
    [/a/i, 'RegExp /a/i'],
    [new BSONRegExp('a', 'i'), 'BSONRegExp /a/i'],
    [new MaxKey(), 'MaxKey'],
    [new DBRef('users', object), `DBRef to users ObjectId ${object}`],
    [new Code('return 1'), 'Code return 1'],
    [Decimal128.fromString('5.50'), 'Decimal128 5.50'],
    [7n, 'Long 7'],
  ];

  it('are shown with type and content', () => {
    for (const [value, text] of shown) assert.equal(bsonText(value), text);
  });

  it('are cut where they are long, but not as an _id, which tells one document from another', () => {
    const bytes = new Binary(Buffer.alloc(100), 0);
    assert.equal(bsonText(bytes).length, 60);
    assert.ok(idText(bytes).length > 200);
  });

  it('make another digest of the document each', () => {
    const digests = shown.map(([value]) => digestOf({ _id: 'a/b', spec: { value } }));
    assert.equal(new Set(digests).size, shown.length);
  });
});
