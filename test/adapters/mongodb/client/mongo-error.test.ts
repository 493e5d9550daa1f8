import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BSON,
  MongoClient,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb';
import { asPortError } from '../../../../src/adapters/mongodb/client/mongo-error.ts';
import { withoutCredentials } from '../../../../src/kit/without-credentials.ts';
import { PortError } from '../../../../src/ports/port-error.ts';

const answer = (code: number, errmsg: string, codeName?: string) =>
  new MongoServerError({ ok: 0, code, errmsg, ...(codeName && { codeName }) });

describe('asPortError()', () => {
  const cases: readonly [name: string, error: unknown, kind: string][] = [
    ['a taken key', answer(11_000, 'E11000 duplicate key error', 'DuplicateKey'), 'conflict'],
    ['a write conflict', answer(112, 'WriteConflict', 'WriteConflict'), 'conflict'],
    ['a wrong password', answer(18, 'Authentication failed.', 'AuthenticationFailed'), 'unauthorised'],
    ['a role without the right', answer(13, 'not authorized on clawfleet', 'Unauthorized'), 'unauthorised'],
    ['a used-up quota', answer(8_000, 'you are over your space quota, using 513 MB of 512 MB'), 'full'],
    ['a full disk', answer(14_031, 'Available disk space is below the limit', 'OutOfDiskSpace'), 'full'],
    ['a full disk under SQLite', answer(1, 'database or disk is full (13)'), 'full'],
    ['a primary that stepped down', answer(10_107, 'not primary', 'NotWritablePrimary'), 'unavailable'],
    [
      'a deadline of the server',
      answer(50, 'operation exceeded time limit', 'MaxTimeMSExpired'),
      'unavailable',
    ],
    ['a failed validation', answer(121, 'Document failed validation'), 'refused'],
    ['an unknown command', answer(59, 'no such command: collMod', 'CommandNotFound'), 'refused'],
    ['a collection that is not there', answer(26, 'ns not found', 'NamespaceNotFound'), 'absent'],
    ['a lost connection', new MongoNetworkError('connection 3 to 127.0.0.1:1 closed'), 'unavailable'],
    ['a value that BSON cannot hold', new BSON.BSONError('circular'), 'refused'],
    ['what is no error of the driver', new Error('socket hang up'), 'unavailable'],
    [
      'a write that no majority has taken yet',
      new MongoWriteConcernError({
        ok: 1,
        writeConcernError: { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication' },
      } as never),
      'unavailable',
    ],
    ['a server that nobody finds', new MongoServerSelectionError('timed out', {} as never), 'unavailable'],
  ];
  for (const [name, error, kind] of cases)
    it(`takes ${name} for ${kind}`, () => {
      const { fault, message } = asPortError(error, 'writing the lease');
      assert.equal(fault.kind, kind);
      assert.match(message, /^MongoDB: writing the lease: /);
    });

  it('says what the server would not take', () => {
    const { fault } = asPortError(answer(59, 'no such command', 'CommandNotFound'), 'looking');
    assert.deepEqual(fault, { kind: 'refused', reason: 'CommandNotFound', httpStatus: 400 });
  });

  it('leaves a PortError as it is', () => {
    const error = new PortError({ kind: 'conflict' }, 'was faster');
    assert.equal(asPortError(error, 'writing'), error);
  });

  it('shows no credential of a connection string, be it ever so broken', () => {
    for (const uri of [
      'mongodb://ann:s3cr3t@[::1',
      'mongodb://ann:s3cr3t@h:port',
      'mongodb+srv://ann:s3cr3t@',
    ])
      assert.throws(
        () => new MongoClient(uri),
        (error) => {
          const shown = asPortError(error, 'reading the connection string');
          assert.doesNotMatch(`${shown.message} ${shown.cause}`, /s3cr3t/);
          return true;
        },
      );
  });
});

describe('withoutCredentials()', () => {
  it('hides the user', () => {
    assert.equal(withoutCredentials('mongodb://ann:p@ss@a,b:1/db'), 'mongodb://***@a,b:1/db');
    assert.equal(
      withoutCredentials('at mongodb+srv://ann:p%40/s@a.example: no'),
      'at mongodb+srv://***@a.example: no',
    );
    assert.equal(withoutCredentials('mongodb://a,b:1/db'), 'mongodb://a,b:1/db');
  });

  it('hides the options, which may hold passwords of keys and proxies', () => {
    assert.equal(withoutCredentials('mongodb://ann:x@a/db?proxyPassword=y'), 'mongodb://***@a/db');
    assert.equal(withoutCredentials('mongodb://a/db?proxyPassword=y@z'), 'mongodb://***');
  });
});
