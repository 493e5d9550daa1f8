import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { resolveMongoKinds } from '../../../scripts/test-servers/mongo-kinds.ts';
import { mongoKindsOrSkip } from '../../../scripts/test-servers/mongo-kinds-or-skip.ts';
import { MissingServersError } from '../../../scripts/test-servers/resolve.ts';

const silent = { at: () => undefined, end: () => undefined };
const offline = () => Promise.reject(new Error('https://fastdl.mongodb.org does not answer'));

let home: string;
let root: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawfleet-mongo-kinds-'));
  root = join(home, 'checkout');
  mkdirSync(root);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const kindsWith = (env: NodeJS.ProcessEnv, download = offline as () => Promise<string>) =>
  resolveMongoKinds({ root, cache: join(home, 'cache'), progress: silent, env, download });

function shareFolder(): void {
  const folder = join(home, 'shared', 'servers');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'SHA256SUMS'), 'sums');
  writeFileSync(join(folder, 'unpack'), '#!/bin/sh\ncd "$1" && touch ferretdb-test mongo-test-server.jar\n', {
    mode: 0o755,
  });
}

describe('resolveMongoKinds()', () => {
  it('takes the server of MONGODB_URI before all others, and does not kill it', async () => {
    shareFolder();
    const [kind, ...others] = await kindsWith({ MONGODB_URI: 'mongodb://db.example' });
    assert.deepEqual(others, []);
    assert.deepEqual(kind?.program, { kind: 'running', uri: 'mongodb://db.example' });
    assert.equal(kind?.durable, false);
  });

  it('takes the two of the shared folder: one that keeps its data, one that has streams', async () => {
    shareFolder();
    const java = join(home, 'java');
    writeFileSync(java, '', { mode: 0o755 });
    const kinds = await kindsWith({ PATH: home });
    assert.deepEqual(
      kinds.map(({ program, durable, streams }) => [program.kind, durable, streams]),
      [
        ['ferretdb', true, false],
        ['java', false, true],
      ],
    );
  });

  it('says that java is missing', async () => {
    shareFolder();
    await assert.rejects(kindsWith({ PATH: home }), MissingServersError);
  });

  it('takes a downloaded mongod where there is neither', async () => {
    const [kind] = await kindsWith({}, () => Promise.resolve('/cache/mongod'));
    assert.deepEqual(kind?.program, { kind: 'mongod', command: '/cache/mongod' });
  });

  it('says what was tried when there is none', async () => {
    await assert.rejects(
      kindsWith({}),
      /MONGODB_URI is not set, and the download failed \(.*does not answer\)/,
    );
  });
});

describe('mongoKindsOrSkip()', () => {
  const none = () => Promise.reject(new MissingServersError('no MongoDB'));

  it('skips without a server, with the reason', async () => {
    assert.deepEqual(await mongoKindsOrSkip(none, {}), { kinds: [], skip: 'no MongoDB' });
  });

  it('fails without a server where CI=true', async () => {
    await assert.rejects(mongoKindsOrSkip(none, { CI: 'true' }), /no MongoDB/);
  });
});
