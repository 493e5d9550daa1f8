import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseManifests } from '../../src/model/manifest/parse-manifests.ts';
import type { Manifest } from '../../src/model/manifest/read-manifest.ts';
import { botLimit } from '../../src/model/spec/account-spec.ts';
import { deletionPolicyOf, powerStateOf } from '../../src/model/spec/bot-spec.ts';

const directory = new URL('../../deploy/examples/bots/', import.meta.url);

function examples(): readonly Manifest[] {
  return readdirSync(directory).flatMap((name) => {
    const { manifests, problems } = parseManifests(readFileSync(new URL(name, directory), 'utf8'), name);
    assert.deepEqual(problems, [], name);
    return manifests;
  });
}

describe('the examples', () => {
  const all = examples();
  const bots = all.flatMap((one) => (one.kind === 'Bot' && one.spec ? [one.spec] : []));

  it('are ten bots, all good', () => {
    assert.deepEqual(
      all.flatMap(({ problems }) => problems),
      [],
    );
    assert.equal(bots.length, 10);
  });

  it('leave every bot a place in its account', () => {
    for (const one of all) {
      if (one.kind !== 'Account' || !one.spec) continue;
      const members = bots.filter(({ accountRef }) => accountRef.name === one.name);
      assert.ok(members.length > 0 && members.length <= botLimit(one.spec), one.name);
    }
    const accounts = new Set(all.flatMap(({ kind, name }) => (kind === 'Account' ? [name] : [])));
    assert.ok(bots.every(({ accountRef }) => accounts.has(accountRef.name)));
  });

  it('show one bot that is stopped and one that outlives its declaration', () => {
    assert.equal(bots.filter((spec) => powerStateOf(spec) === 'Stopped').length, 1);
    assert.equal(bots.filter((spec) => deletionPolicyOf(spec) === 'Orphan').length, 1);
  });

  it('need no Secret', () => {
    assert.ok(bots.every(({ llm }) => llm === undefined));
  });
});
