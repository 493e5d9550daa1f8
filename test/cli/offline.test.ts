import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { CliContext } from '../../src/cli/cli-context.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { clawfleet, endAll, newDirectory, start } from './clawfleet.ts';
import { inProcess } from './in-process.ts';

after(endAll);

const apiVersion = 'clawfleet.dev/v1alpha1';
const good = `apiVersion: ${apiVersion}
kind: Account
metadata:
  name: acme
spec:
  tier: pro
---
apiVersion: ${apiVersion}
kind: Bot
metadata:
  name: alpha
spec:
  accountRef:
    name: acme
`;

function directoryWith(files: Readonly<Record<string, string>>): string {
  const cwd = newDirectory();
  mkdirSync(join(cwd, 'bots'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, 'bots', name), text);
  return cwd;
}

test('validate is silent about good manifests but for a summary', async () => {
  const outcome = await clawfleet(['validate', 'bots'], { cwd: directoryWith({ 'all.yaml': good }) });
  assert.deepEqual(outcome, { code: 0, signal: null, stdout: '2 resources in 1 file: valid.\n', stderr: '' });
});

test('validate tells every problem of every file with file, line and column, and exits with 1', async () => {
  const cwd = directoryWith({
    'all.yaml': good,
    'bad.yaml': good
      .replace('name: alpha', 'name: beta')
      .replace('tier: pro', 'tier: gold\n  maxBots: -1')
      .replace('name: acme\nspec', 'name: other\nspec'),
    'broken.yaml': 'apiVersion: [',
    'twice.yaml': good.split('---\n')[1] ?? '',
  });
  const { code, stdout, stderr } = await clawfleet(['validate', 'bots'], { cwd });
  assert.equal(code, 1);
  assert.equal(stderr, '');
  const lines = stdout.trimEnd().split('\n');
  assert.ok(
    lines.some((line) =>
      /^error: bots\/bad\.yaml:6:3: Account default\/other: spec\.tier must be one of free, basic, pro, got "gold"$/.test(
        line,
      ),
    ),
    stdout,
  );
  assert.ok(
    lines.some((line) =>
      /^error: bots\/bad\.yaml:7:3: Account default\/other: spec\.maxBots must be .*, got -1$/.test(line),
    ),
    stdout,
  );
  assert.ok(
    lines.some((line) => /^error: bots\/broken\.yaml:1:\d+: /.test(line)),
    stdout,
  );
  assert.ok(
    lines.some((line) =>
      /^error: bots\/twice\.yaml:1:1: Bot default\/alpha: metadata\.name is declared at bots\/all\.yaml:\d+:1 already/.test(
        line,
      ),
    ),
    stdout,
  );
  assert.match(lines.at(-1) ?? '', /^\d resources in 4 files: \d problems/);
});

test('validate warns of an account that is not among the files, without failing', async () => {
  const cwd = directoryWith({ 'bot.yaml': good.split('---\n')[1] ?? '' });
  const { code, stdout } = await clawfleet(['validate', join('bots', 'bot.yaml')], { cwd });
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^warning: bots\/bot\.yaml:1:1: Bot default\/alpha: spec\.accountRef\.name .*, got "acme"$/m,
  );
  assert.match(stdout, /valid, 1 warning\.$/m);
});

test('validate reads files as the controller does: encodings by name, joined files, foreign documents', async () => {
  const cwd = newDirectory();
  mkdirSync(join(cwd, 'bots'));
  const put = (name: string, content: string | Buffer) => writeFileSync(join(cwd, 'bots', name), content);
  const [account = '', bot = ''] = good.split('---\n');
  put('joined.yaml', `\uFEFF${account}---\n\uFEFF${bot}`);
  put('latin1.yaml', Buffer.from(bot.replace('acme', 'Gr\xfc\xdfe'), 'latin1'));
  put('namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: desk}\n');
  put('powershell.yaml', Buffer.from(`\uFEFF${bot}`, 'utf16le'));
  const { code, stdout } = await clawfleet(['validate', 'bots'], { cwd });
  assert.equal(code, 1);
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'error: bots/latin1.yaml: is not text in UTF-8: byte 0xFC in line 7 looks like Latin-1 (Windows-1252); save it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW',
    'error: bots/powershell.yaml: is text in UTF-16LE, not in UTF-8; save it as UTF-8 (in PowerShell: Out-File -Encoding utf8), or convert it: iconv -f UTF-16LE -t UTF-8 FILE > NEW',
    'warning: bots/namespace.yaml:1:1: passed over a document that is not clawfleet’s: v1 Namespace desk',
    '2 resources in 4 files: 2 problems, 1 warning.',
  ]);
});

test('validate tells of a path that is not there', async () => {
  const { code, stderr } = await clawfleet(['validate', 'nowhere'], { cwd: newDirectory() });
  assert.equal(code, 1);
  assert.equal(stderr, 'Error: There is no nowhere.\nGive a file or a directory of manifests.\n');
});

test('wrong usage exits with 64, says what is wrong and what was probably meant', async () => {
  const cwd = newDirectory();
  const cases: readonly [string[], RegExp][] = [
    [['gte', 'bots'], /^Error: Unknown command 'gte'\.\nDid you mean get\?\n$/],
    [['get', 'bots', '--ouptut', 'json'], /^Error: Unknown option '--ouptut'\.\nDid you mean --output\?\n$/],
    [['get', 'bost'], /^Error: There is no kind "bost"\.\nDid you mean bot\?\n$/],
    [['get', 'bots', '-o', 'xml'], /Allowed choices are wide, json, yaml, name\./],
    [['describe', 'bot'], /^Error: No bot is named\.\nGive `describe bot NAME`\.\n$/],
    [['resolve', 'alpha'], /^Error: Required option '--keep <id>' not specified\./],
    [['resolve', 'alpha', '--keep', 'all', '--source', 'bots'], /^Error: --keep must be a whole number/],
    [['token'], /^Error: Missing required argument 'name'\.\nAdd --help/],
    [['get', 'bots'], /^Error: No source is given: where are the bots declared\?\nPass --source DIRECTORY/],
    [['run', '--source', 'bots', '--workers', 'many'], /^Error: --workers must be a whole number/],
    [['confirm', 'delete', '--source', 'bots'], /^Error: Say which bots\.\nGive names, or --all\.\n$/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr, stdout } = await inProcess(args, { cwd });
    assert.match(stderr, message);
    assert.equal(code, 64, args.join(' '));
    assert.equal(stdout, '');
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});

test('main tells a wrong command in two lines and exits with 64', async () => {
  const outcome = await clawfleet(['gte', 'bots'], { cwd: newDirectory() });
  const stderr = "Error: Unknown command 'gte'.\nDid you mean get?\n";
  assert.deepEqual(outcome, { code: 64, signal: null, stdout: '', stderr });
});

test('help exits with 0 and tells the exit codes', async () => {
  const { code, stdout } = await clawfleet(['--help'], { cwd: newDirectory() });
  assert.equal(code, 0);
  assert.match(stdout, /Exit codes:\n {2}0 {3}done/);
});

test('every command has a summary and help with an example', async () => {
  let written = '';
  const stdout = { columns: 100, write: (text: string) => (written += text) };
  const program = await buildProgram([], { stdout } as unknown as CliContext, true);
  assert.equal(program.commands.length, 23);
  for (const command of program.commands) {
    written = '';
    command.outputHelp();
    assert.ok(command.summary().length > 10, command.name());
    assert.match(written, /\nExamples:\n {2}\$ .*clawfleet/, command.name());
  }
});

test('crds prints definitions that YAML reads back', async () => {
  const { code, stdout } = await inProcess(['crds'], { cwd: newDirectory() });
  assert.equal(code, 0);
  const names = parseAllDocuments(stdout).map((document) => document.getIn(['metadata', 'name']));
  assert.deepEqual(names, ['accounts.clawfleet.dev', 'bots.clawfleet.dev']);
});

test('version tells clawfleet’s and Node’s', async () => {
  const { stdout } = await inProcess(['version'], { cwd: newDirectory() });
  for (const flag of ['--version', '-V'])
    assert.equal((await inProcess([flag], { cwd: newDirectory() })).stdout, stdout);
  assert.match(stdout, /^clawfleet \d+\.\d+\.\d+ \(Node\.js \d+\.\d+\.\d+\)\n$/);
});

test('a debugged error comes with its stack, others do not', async () => {
  const cwd = newDirectory();
  const { stderr } = await clawfleet(['get', 'bots'], { cwd, env: { CLAWFLEET_DEBUG: '1' } });
  assert.match(stderr, /\n\s+at /);
});

test('simulate serves until a signal, and takes faults, settings and a seed', async () => {
  const cwd = newDirectory();
  writeFileSync(
    join(cwd, 'faults.yaml'),
    '- match: {method: GET, path: /v2/sizes}\n  effect: status\n  status: 503\n',
  );
  const args = [
    'simulate',
    '--listen',
    '127.0.0.1:0',
    '--faults',
    'faults.yaml',
    '--set',
    'bootMs=5',
    'lateTags=0.5',
    '--rate-limit',
    'off',
    '--seed',
    '7',
  ];
  const running = start(args, { cwd });
  const [, url = ''] = /DigitalOcean at (\S+);/.exec(await running.until(/journal:/)) ?? [];
  const headers = { authorization: 'Bearer x' };
  assert.equal((await fetch(`${url}/v2/droplets`, { headers })).status, 200);
  assert.equal((await fetch(`${url}/v2/sizes`, { headers })).status, 503);
  const { settings } = (await (await fetch(`${url}/_simulator/settings`)).json()) as {
    settings: Record<string, unknown>;
  };
  assert.deepEqual([settings['bootMs'], settings['lateTags'], settings['minuteLimit']], [5, 0.5, 0]);
  running.child.kill('SIGINT');
  assert.equal((await running.ended).code, 0);
});

test('simulate refuses settings and faults that it does not know', async () => {
  const cwd = newDirectory();
  writeFileSync(join(cwd, 'faults.yaml'), '- effect: explode\n');
  const outcomes = await Promise.all([
    inProcess(['simulate', '--set', 'bootMz=5'], { cwd }),
    inProcess(['simulate', '--set', 'lateTags=2'], { cwd }),
    inProcess(['simulate', '--faults', 'faults.yaml'], { cwd }),
    inProcess(['simulate', '--faults', 'absent.yaml'], { cwd }),
  ]);
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [64, 64, 64, 64],
  );
  assert.match(outcomes[0]?.stderr ?? '', /Did you mean bootMs=…\?/);
  assert.match(outcomes[1]?.stderr ?? '', /--set lateTags must be/);
  assert.match(outcomes[2]?.stderr ?? '', /--faults .*faults\.yaml: \/0/);
  assert.match(outcomes[3]?.stderr ?? '', /cannot be read/);
});

const bash = spawnSync('bash', ['--version']).status === 0;

test('the completion of bash completes commands, flags, choices and kinds', {
  skip: !bash && 'no bash',
}, async () => {
  const cwd = newDirectory();
  const { stdout: script } = await clawfleet(['completion', 'bash'], { cwd });
  writeFileSync(join(cwd, 'completion.bash'), script);
  const complete = (...words: string[]) => {
    const shell = `source completion.bash
COMP_WORDS=(clawfleet ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
clawfleet() { printf 'bot/alpha\\nbot/beta\\n'; }
_clawfleet; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { cwd, encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  };
  assert.deepEqual(complete('re'), ['reboot', 'redeploy', 'resolve']);
  assert.deepEqual(complete('get', ''), ['bots', 'accounts']);
  assert.deepEqual(complete('get', 'bots', 'a'), ['alpha']);
  assert.deepEqual(complete('stop', ''), ['alpha', 'beta']);
  assert.deepEqual(complete('resolve', ''), ['alpha', 'beta']);
  assert.deepEqual(complete('resolve', 'alpha', '--k'), ['--keep', '--kubeconfig']);
  assert.deepEqual(complete('fleet', 'a'), ['accept-state']);
  assert.deepEqual(complete('get', 'bots', '--all'), ['--all-namespaces']);
  assert.deepEqual(complete('get', 'bots', '-o', 'y'), ['yaml']);
  assert.deepEqual(complete('fleet', 't'), ['take-over']);
  assert.deepEqual(complete('fleet', 'recover', '--f'), ['--fleet']);
  assert.deepEqual(complete('confirm', ''), ['recreate', 'delete', 'destroy']);
});

test('the completions of zsh and fish name every command', async () => {
  const cwd = newDirectory();
  const [zsh, fish] = await Promise.all(
    ['zsh', 'fish'].map((shell) => inProcess(['completion', shell], { cwd })),
  );
  assert.match(zsh?.stdout ?? '', /^#compdef clawfleet\n/);
  for (const name of ['run', 'plan', 'redeploy', 'take-over']) {
    assert.ok(zsh?.stdout.includes(name), name);
    assert.ok(fish?.stdout.includes(`-a ${name} -d `), name);
  }
});
