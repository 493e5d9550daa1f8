import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { endAll, start } from '../../cli/clawfleet.ts';
import { noteDroplet } from './note-command.ts';
import { closeNotes, noteLeftOut, noteSecret, noteShown, openNotes } from './notes.ts';

const variable = 'CLAWFLEET_TEST_NOTES';

describe('what tests note of secrets', () => {
  let outer: string | undefined;
  let folder: string | undefined;
  let cwd: string;
  beforeEach(() => {
    outer = process.env[variable];
    openNotes();
    folder = process.env[variable];
    cwd = mkdtempSync(join(tmpdir(), 'clawfleet-planted-'));
  });
  afterEach(() => {
    if (process.env[variable] === folder) closeNotes();
    if (outer !== undefined) process.env[variable] = outer;
    rmSync(cwd, { recursive: true });
    endAll();
  });
  const newSecret = () => randomBytes(32).toString('base64url');

  it('finds a secret in whatever was shown, wherever it was noted, without telling it', () => {
    const secret = newSecret();
    noteShown('a log', `{"level":"info","msg":"Bearer ${secret}"}`);
    noteShown('another log', '{"level":"info","msg":"nothing"}');
    noteSecret('a token', secret);
    const { leaks, secrets, shown } = closeNotes();
    assert.deepEqual(leaks, [{ where: 'a log', what: 'a token' }]);
    assert.deepEqual([secrets, shown], [1, 2]);
  });

  it('lists what tests went without, once, with the command that brings it', () => {
    for (const _ of [1, 2]) noteLeftOut({ missing: 'shellcheck', remedy: 'apt-get install shellcheck' });
    assert.deepEqual(closeNotes().leftOut, [{ missing: 'shellcheck', remedy: 'apt-get install shellcheck' }]);
  });

  it('finds nothing where only hashes stand, and takes texts that are too short for none', () => {
    noteSecret('a token', newSecret());
    noteSecret('a word', 'test');
    noteShown('a log', 'sha256:0123456789abcdef; this is a test');
    const { leaks, secrets } = closeNotes();
    assert.deepEqual([leaks, secrets], [[], 1]);
  });

  it('lets a registration token stand in the user-data of its own droplet alone', () => {
    const [own, other] = [newSecret(), newSecret()];
    noteDroplet(`export REGISTRATION_TOKEN='${own}'\nexport X='${other}'\n`, undefined);
    noteDroplet(`export REGISTRATION_TOKEN='${other}'\n`, undefined);
    const { leaks } = closeNotes();
    assert.deepEqual(leaks, [{ where: 'user-data', what: 'a registration token' }]);
  });

  it('covers a real command: what it is given, what it writes, and the state that it leaves', async () => {
    const [given, minted] = [newSecret(), newSecret()];
    mkdirSync(join(cwd, '.clawfleet'));
    writeFileSync(join(cwd, '.clawfleet', 'bots.db'), `a row with ${minted}`);
    writeFileSync(
      join(cwd, '.clawfleet', 'bots.db.simulator.jsonl'),
      JSON.stringify({ text: `export REGISTRATION_TOKEN='${minted}'` }),
    );
    const env = { DIGITALOCEAN_ACCESS_TOKEN: given };
    const { stderr } = await start(['validate', `no-such-${given}`], { cwd, env }).ended;
    assert.ok(stderr.includes(given));
    const { leaks } = closeNotes();
    const found = leaks.map(({ what }) => what).sort();
    assert.deepEqual(found, ['DIGITALOCEAN_ACCESS_TOKEN', 'a registration token']);
  });
});
