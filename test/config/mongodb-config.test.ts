import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readSourceConfig, rememberRun } from '../../src/config/source-config.ts';
import type { SourceFlags } from '../../src/config/sources/source-kind.ts';
import { UserError } from '../../src/config/user-error.ts';

const cwd = mkdtempSync(join(tmpdir(), 'clawfleet-mongodb-config-'));
after(() => rmSync(cwd, { recursive: true }));

const read = (flags: SourceFlags, env: Record<string, string> = {}) => readSourceConfig(flags, { env, cwd });
const secret = 'mongodb://ann:s3cr3t@db.example:27017/fleet?tls=true';
const own = { bots: 'bots', accounts: 'accounts', events: 'events', leases: 'leases', ledger: 'ledger' };

function refusal(flags: SourceFlags, env: Record<string, string> = {}): string {
  try {
    read(flags, env);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.doesNotMatch(`${error.message} ${error.next}`, /s3cr3t/);
    return error.message;
  }
  throw new Error('was accepted');
}

describe('--source of a MongoDB', () => {
  it('is a connection string, which names the database', () => {
    assert.deepEqual(read({ source: secret }), {
      kind: 'mongodb',
      uri: secret,
      database: 'fleet',
      collections: own,
    });
    const { database } = read({ source: 'mongodb+srv://db.example/?w=1' }) as { database?: string };
    assert.equal(database, 'clawfleet');
  });

  it('is the word mongodb for the string of MONGODB_URI, or of a file, which no list of processes shows', () => {
    const fromVariable = read({ source: 'mongodb' }, { MONGODB_URI: secret });
    assert.deepEqual(fromVariable, read({ source: secret }));
    writeFileSync(join(cwd, 'uri'), `${secret}\n`);
    assert.deepEqual(read({ source: 'mongodb' }, { MONGODB_URI_FILE: 'uri' }), fromVariable);
  });

  it('says what is missing or wrong, and shows no password', () => {
    assert.match(refusal({ source: 'mongodb' }), /Neither MONGODB_URI nor MONGODB_URI_FILE/);
    assert.match(
      refusal({ source: 'mongodb' }, { MONGODB_URI_FILE: 'none' }),
      /MONGODB_URI_FILE cannot be read/,
    );
    assert.match(
      refusal({ source: 'mongodb' }, { MONGODB_URI: 'ann:s3cr3t@db' }),
      /does not begin with mongodb:/,
    );
    assert.match(refusal({ source: 'mongodb://ann:s3cr3t@db/a.b' }), /names a database/);
  });

  it('has collections of other names where it is told so', () => {
    const names = (collections: string) =>
      (read({ source: secret, collections }) as { collections?: object }).collections;
    assert.deepEqual(names('bots=openclaw.bots, ledger=claw_ledger'), {
      ...own,
      bots: 'openclaw.bots',
      ledger: 'claw_ledger',
    });
    for (const wrong of ['bot=x', 'bots', 'bots=', 'bots=system.x', 'bots=a$b'])
      assert.match(refusal({ source: secret, collections: wrong }), /^--collections must be KIND=NAME/);
    assert.match(refusal({ source: secret, collections: 'bots=ledger' }), /the same collection/);
  });

  it('goes with no flag of another kind of source', () => {
    assert.match(refusal({ source: secret, state: 'x.db' }), /^--state/);
    assert.match(refusal({ source: secret, context: 'prod' }), /^--context/);
    assert.match(refusal({ source: 'bots', collections: 'bots=x' }), /^--collections/);
  });
});

describe('the note of the last run on a MongoDB', () => {
  it('keeps a connection string that holds no secret, and the names of the collections', () => {
    const config = read({ source: 'mongodb://127.0.0.1:27017/a', collections: 'bots=b' });
    rememberRun(config, cwd);
    assert.deepEqual(read({}), config);
  });

  it('keeps no password: MONGODB_URI must say it again', () => {
    const config = read({ source: secret, collections: 'bots=b' });
    rememberRun(config, cwd);
    assert.doesNotMatch(readFileSync(join(cwd, '.clawfleet', 'last-run.json'), 'utf8'), /s3cr3t|ann/);
    assert.deepEqual(read({}, { MONGODB_URI: secret }), config);
    assert.match(refusal({}), /Neither MONGODB_URI nor/);
  });
});
