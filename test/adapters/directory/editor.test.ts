import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { directoryEditor } from '../../../src/adapters/directory/directory-editor.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import type { SourceEditor } from '../../../src/ports/source-reader.ts';
import { botObject, eventually, secretObject } from '../../contract/source-bed.ts';
import { patience } from '../../lab/patience.ts';
import { DirectoryBed } from './directory-bed.ts';

const stop = [{ path: ['spec', 'powerState'], value: 'Stopped' }];

const threeBots = `# The team’s bots.
apiVersion: clawfleet.dev/v1alpha1
kind: Bot
metadata: {name: alpha}   # first
spec:
    accountRef: {name: team}
    powerState:   Running   # till autumn
---
# Beta is the careful one.
apiVersion: clawfleet.dev/v1alpha1
kind: Bot
metadata:
  name: beta
spec:
  accountRef:
    name: team
  trading:
    assetFocus: custom
    assets:
      - BTC   # only this

  # End of beta.

---
{"apiVersion": "clawfleet.dev/v1alpha1", "kind": "Bot", "metadata": {"name": "gamma"}, "spec": {"accountRef": {"name": "team"}}}
`;

describe('directoryEditor', () => {
  let bed: DirectoryBed;
  let editor: SourceEditor;

  const read = (path: string) => readFileSync(join(bed.directory, path), 'utf8');
  const refused = (pattern: RegExp) => (error: Error) => {
    assert.match(error.message, pattern);
    return faultOf(error) !== undefined;
  };

  beforeEach(() => {
    bed = new DirectoryBed();
    editor = directoryEditor({ directory: bed.directory, stateFile: bed.stateFile });
  });
  afterEach(() => bed.close());

  it('replaces a scalar and leaves every other byte as it was', async () => {
    bed.write('bots.yaml', threeBots);
    const result = await editor.edit('default/alpha', stop);
    assert.deepEqual(result, { where: join(bed.directory, 'bots.yaml'), changed: true });
    assert.equal(read('bots.yaml'), threeBots.replace('powerState:   Running', 'powerState:   Stopped'));
  });

  it('adds a field as one line after the last one of its block', async () => {
    bed.write('bots.yaml', threeBots);
    await editor.edit('default/beta', stop);
    assert.equal(
      read('bots.yaml'),
      threeBots.replace('- BTC   # only this\n', '- BTC   # only this\n  powerState: Stopped\n'),
    );
  });

  it('adds a field to a flow mapping', async () => {
    bed.write('bots.yaml', threeBots);
    await editor.edit('default/gamma', stop);
    assert.equal(
      read('bots.yaml'),
      threeBots.replace('{"name": "team"}}}', '{"name": "team"}, "powerState": "Stopped"}}'),
    );
  });

  it('adds a field to a JSON file in the file’s own layout', async () => {
    const json = `${JSON.stringify(botObject('alpha'), null, 2)}\n`;
    bed.write('alpha.json', json);
    await editor.edit('default/alpha', stop);
    assert.deepEqual(JSON.parse(read('alpha.json')), botObject('alpha', { powerState: 'Stopped' }));
    assert.equal(read('alpha.json').split('\n').length, json.split('\n').length + 1);
  });

  it('adds a block and what is in it', async () => {
    bed.write('bots.yaml', threeBots);
    await editor.edit('default/beta', [{ path: ['spec', 'droplet', 'size'], value: 's-2vcpu-4gb' }]);
    assert.ok(read('bots.yaml').includes('only this\n  droplet:\n    size: s-2vcpu-4gb\n'));
  });

  it('quotes what YAML would otherwise take for something else', async () => {
    bed.write('bots.yaml', threeBots);
    for (const value of ['true', '12', 'a: b', '', '# no comment', "it's", 'two\nlines']) {
      await editor.edit('default/alpha', [{ path: ['spec', 'rebootRequest'], value }]);
      await bed.start();
      assert.equal(bed.bot('alpha').spec?.rebootRequest, value);
    }
  });

  it('quotes what Kubernetes would take for something else', async () => {
    bed.write('bots.yaml', threeBots);
    for (const value of ['yes', '010', '1_000', 'n', '.inf', '0b1']) {
      for (const name of ['default/alpha', 'default/beta', 'default/gamma'] as const)
        await editor.edit(name, [{ path: ['spec', 'rebootRequest'], value }]);
      assert.equal(read('bots.yaml').split(`"${value}"`).length, 4, value);
    }
  });

  it('keeps the byte order marks of files that were joined', async () => {
    const joined = `\uFEFF${threeBots.replaceAll('---\n', '---\n\uFEFF')}`;
    bed.write('bots.yaml', joined);
    await editor.edit('default/alpha', stop);
    await editor.edit('default/beta', stop);
    assert.equal(
      read('bots.yaml'),
      joined.replace('Running', 'Stopped').replace('- BTC   # only this', '$&\n  powerState: Stopped'),
    );
  });

  it('keeps Windows line ends', async () => {
    bed.write('bots.yaml', threeBots.replaceAll('\n', '\r\n'));
    await editor.edit('default/beta', stop);
    assert.ok(!/[^\r]\n/.test(read('bots.yaml')));
    assert.ok(read('bots.yaml').includes('\r\n  powerState: Stopped\r\n'));
  });

  it('removes a field whose value is undefined', async () => {
    bed.write('bots.yaml', threeBots.replace(' # till autumn', ''));
    await editor.edit('default/alpha', [{ path: ['spec', 'powerState'], value: undefined }]);
    await bed.start();
    assert.equal(bed.bot('alpha').spec?.powerState, undefined);
    assert.ok(read('bots.yaml').includes('# The team’s bots.'));
    assert.ok(read('bots.yaml').includes('- BTC   # only this'));
  });

  it('writes nothing when the field has that value already', async () => {
    bed.write('bots.yaml', threeBots);
    const before = statSync(join(bed.directory, 'bots.yaml'));
    const { changed } = await editor.edit('default/alpha', [
      { path: ['spec', 'powerState'], value: 'Running' },
    ]);
    assert.equal(changed, false);
    assert.equal(statSync(join(bed.directory, 'bots.yaml')).ino, before.ino);
  });

  it('finds a bot among the items of a List', async () => {
    bed.write(
      'list.yaml',
      [
        'apiVersion: v1',
        'kind: List',
        'items:',
        '- apiVersion: clawfleet.dev/v1alpha1',
        '  kind: Bot',
        '  metadata: {name: one}',
        '  spec:',
        '    accountRef: {name: team}',
        '- apiVersion: clawfleet.dev/v1alpha1',
        '  kind: Bot',
        '  metadata: {name: two}',
        '  spec:',
        '    accountRef: {name: team}',
        '',
      ].join('\n'),
    );
    const before = read('list.yaml');
    await editor.edit('default/two', stop);
    assert.equal(read('list.yaml'), `${before}    powerState: Stopped\n`);
  });

  it('does not change what an anchor shares with another bot', async () => {
    const shared = [
      'apiVersion: v1',
      'kind: List',
      'items:',
      '- apiVersion: clawfleet.dev/v1alpha1',
      '  kind: Bot',
      '  metadata: {name: one}',
      '  spec: &spec {accountRef: {name: team}, powerState: Running}',
      '- apiVersion: clawfleet.dev/v1alpha1',
      '  kind: Bot',
      '  metadata: {name: two}',
      '  spec: *spec',
      '',
    ].join('\n');
    bed.write('list.yaml', shared);
    await assert.rejects(editor.edit('default/two', stop), refused(/by hand/));
    assert.equal(read('list.yaml'), shared);
  });

  it('keeps the mode and writes through a symbolic link', async () => {
    mkdirSync(join(bed.base, 'elsewhere'));
    bed.write('../elsewhere/real.yaml', botObject('alpha'));
    chmodSync(join(bed.base, 'elsewhere', 'real.yaml'), 0o640);
    symlinkSync('../elsewhere/real.yaml', join(bed.directory, 'alpha.yaml'));
    await editor.edit('default/alpha', stop);
    assert.ok(lstatSync(join(bed.directory, 'alpha.yaml')).isSymbolicLink());
    assert.equal(statSync(join(bed.base, 'elsewhere', 'real.yaml')).mode & 0o777, 0o640);
    assert.ok(read('alpha.yaml').includes('Stopped'));
    assert.deepEqual(readdirSync(join(bed.base, 'elsewhere')), ['real.yaml']);
  });

  it('refuses a bot that is declared nowhere, twice, or in a file that does not parse', async () => {
    bed.write('a.yaml', botObject('alpha'));
    bed.write('b.yaml', botObject('alpha'));
    bed.write('c.yaml', 'kind: "Bot');
    await assert.rejects(
      editor.edit('default/alpha', stop),
      refused(/more than once, in .*a\.yaml.*b\.yaml/),
    );
    await assert.rejects(editor.edit('default/none', stop), refused(/not declared.*c\.yaml/));
  });

  it('refuses a value that the rules refuse, and leaves the file alone', async () => {
    bed.write('bots.yaml', threeBots);
    const edits = [{ path: ['spec', 'powerState'], value: 'Sleeping' }];
    await assert.rejects(editor.edit('default/alpha', edits), refused(/spec\.powerState.*Sleeping/));
    assert.equal(read('bots.yaml'), threeBots);
  });

  it('keeps a Secret that stands in the same file', async () => {
    bed.write('both.yaml', secretObject('llm', { key: 'hunter2' }), botObject('alpha'));
    await editor.edit('default/alpha', stop);
    assert.ok(read('both.yaml').includes('hunter2'));
  });

  it('declares a new bot in a file of its own, once', async () => {
    const manifest = `# Adopted.\n${JSON.stringify(botObject('delta'))}\n`;
    const { where } = await editor.add(manifest, 'delta');
    assert.equal(where, join(bed.directory, 'delta.yaml'));
    assert.equal(read('delta.yaml'), manifest);
    await assert.rejects(editor.add(manifest, 'other'), refused(/declared already, in delta\.yaml/));
    await assert.rejects(
      editor.add(JSON.stringify(botObject('epsilon')), 'delta'),
      refused(/exists already/),
    );
    await assert.rejects(editor.add('kind: Bog', 'bog'), refused(/kind/));
    await assert.rejects(editor.add(JSON.stringify(botObject('up')), '../up'), refused(/cannot name/));
    assert.deepEqual(readdirSync(bed.directory), ['delta.yaml']);
  });

  it('changes the fleet’s record beside a running controller, which notices without a rescan', async () => {
    const source = await bed.start({ watch: true });
    const { version } = source.fleet();
    const since = performance.now();
    const state = await editor.editFleet((before) => ({ ...before, acceptedNew: true }));
    assert.equal(state.acceptedNew, true);
    await eventually(() => bed.told.fleet > 0, 'the controller is told');
    assert.ok(performance.now() - since < 2_000 * patience);
    assert.equal(source.fleet().state.acceptedNew, true);
    await assert.rejects(
      source.saveFleet(source.fleet().state, version),
      (error) => faultOf(error, 'conflict') !== undefined,
    );
  });

  it('changes the fleet’s record without a controller, but makes none', async () => {
    await assert.rejects(
      editor.editFleet((state) => state),
      refused(/no controller has run/),
    );
    const source = await bed.start();
    await source.stop();
    await editor.editFleet((before) => ({ ...before, acceptedNew: true }));
    assert.equal((await bed.start()).fleet().state.acceptedNew, true);
  });
});

describe('a directory that git-sync publishes', () => {
  it('is declared by git, whether it is looked at through the link or below it', async (test) => {
    const root = mkdtempSync(join(tmpdir(), 'clawfleet-synced-'));
    test.after(() => rmSync(root, { recursive: true }));
    const commit = join(root, '.worktrees', '05e6015a'.repeat(5));
    mkdirSync(join(commit, 'bots'), { recursive: true });
    symlinkSync(commit, join(root, 'current'));
    const claimsIn = (directory: string) =>
      directoryEditor({ directory, stateFile: join(root, 'state.db') }).claims('default/alpha', []);
    for (const directory of [join(root, 'current'), join(root, 'current', 'bots'), commit]) {
      const [claim] = await claimsIn(directory);
      assert.equal(claim?.owner, 'git-sync', directory);
    }
    assert.deepEqual(await claimsIn(root), []);
    assert.deepEqual(await claimsIn(join(root, 'absent')), []);
  });
});

describe('a directory in a git work tree', () => {
  it('is edited in place, and it is said that a commit is left to do', async (test) => {
    const root = mkdtempSync(join(tmpdir(), 'clawfleet-worktree-'));
    test.after(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, 'bots'));
    writeFileSync(join(root, 'bots', 'bots.yaml'), threeBots);
    const editor = directoryEditor({ directory: join(root, 'bots'), stateFile: join(root, 'state.db') });
    assert.equal((await editor.edit('default/alpha', stop)).toDo, undefined);
    mkdirSync(join(root, '.git'));
    assert.match((await editor.edit('default/beta', stop)).toDo ?? '', /^Commit it in .*clawfleet-worktree-/);
    assert.equal((await editor.edit('default/beta', stop)).toDo, undefined, 'nothing was changed');
  });
});
