import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../scripts/clawfleet', import.meta.url));
const directories: string[] = [];
let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'clawfleet-launcher-'));
  directories.push(root);
  cpSync(launcher, path.join(root, 'scripts', 'clawfleet'));
  write('package.json', '{"type":"module"}');
  write('src/main.ts', `const kind: string = 'source'; console.log(kind, ...process.argv.slice(2));`);
  write('bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, 0o755);
});
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function write(name: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
  chmodSync(path.join(root, name), mode);
}

/** A build that is newer, or older, than the sources by a minute. */
function build(ageSeconds: number): void {
  write('dist/main.js', `console.log('build', ...process.argv.slice(2));`);
  const seconds = Date.now() / 1_000 - ageSeconds;
  utimesSync(path.join(root, 'dist', 'main.js'), seconds, seconds);
}

const environment = () => ({ PATH: `${path.join(root, 'bin')}:/usr/bin:/bin` });

function launch(command: string, ...args: readonly string[]) {
  return spawnSync(command, args, { encoding: 'utf8', env: environment(), cwd: tmpdir() });
}

test('without a build the source runs, with its arguments as they were given', () => {
  const run = launch(path.join(root, 'scripts', 'clawfleet'), 'run', 'two words', '$HOME');
  assert.equal(run.stderr, '');
  assert.equal(run.stdout, 'source run two words $HOME\n');
});

test('a build newer than the source runs, an older one does not', () => {
  build(-60);
  assert.equal(launch(path.join(root, 'scripts', 'clawfleet')).stdout, 'build\n');
  build(60);
  assert.equal(launch(path.join(root, 'scripts', 'clawfleet')).stdout, 'source\n');
});

test('an installed package, which has no source, runs its build', () => {
  build(60);
  rmSync(path.join(root, 'src'), { recursive: true });
  assert.equal(launch(path.join(root, 'scripts', 'clawfleet')).stdout, 'build\n');
});

test('the package is found through a relative and an absolute link', () => {
  mkdirSync(path.join(root, 'node_modules', '.bin'), { recursive: true });
  symlinkSync('../../scripts/clawfleet', path.join(root, 'node_modules', '.bin', 'clawfleet'));
  symlinkSync(path.join(root, 'node_modules', '.bin', 'clawfleet'), path.join(root, 'link'));
  assert.equal(launch(path.join(root, 'link'), 'x').stdout, 'source x\n');
});

test('a Node.js that is too old is refused with the version found', () => {
  write('bin/node', '#!/bin/sh\necho v22.18.0\n', 0o755);
  const run = launch(path.join(root, 'scripts', 'clawfleet'));
  assert.equal(run.status, 69);
  assert.match(run.stderr, /needs Node\.js 22\.19 or newer; found on PATH: 22\.18\.0/);
});

test('the Node.js that the package brings along goes before the one on PATH', () => {
  write('bin/node', '#!/bin/sh\necho v20.0.0\n', 0o755);
  write('node_modules/node/bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, 0o755);
  assert.equal(launch(path.join(root, 'scripts', 'clawfleet')).stdout, 'source\n');
});

test('the Node.js that the package brings along is not asked for its version', () => {
  const script = `#!/bin/sh\n[ "$1" = --version ] && exit 1\nexec '${process.execPath}' "$@"\n`;
  write('node_modules/node/bin/node', script, 0o755);
  rmSync(path.join(root, 'bin', 'node'));
  assert.equal(launch(path.join(root, 'scripts', 'clawfleet')).stdout, 'source\n');
});

test('`run` keeps its memory small, other commands need not, and NODE_OPTIONS count for both', () => {
  write('seen.cjs', 'globalThis.seen = true;');
  write(
    'src/main.ts',
    `const { seen } = globalThis as { seen?: boolean };
     console.log(process.env['MALLOC_MMAP_THRESHOLD_'], process.env['MALLOC_ARENA_MAX'], seen);`,
  );
  const command = path.join(root, 'scripts', 'clawfleet');
  const env = { ...environment(), NODE_OPTIONS: `--require=${path.join(root, 'seen.cjs')}` };
  const said = (...args: string[]) => spawnSync(command, args, { encoding: 'utf8', env }).stdout;
  assert.equal(said('run', 'x'), '8192 1 true\n');
  assert.equal(said('get', 'run'), 'undefined undefined true\n');
});

test('`run` that serves bots collects young garbage otherwise', () => {
  write('src/main.ts', 'console.log(process.execArgv.length);');
  const said = (...args: string[]) => launch(path.join(root, 'scripts', 'clawfleet'), ...args).stdout;
  assert.equal(said('run', '--source', 'x'), '4\n');
  assert.equal(said('run', '--no-bot-api', '--source', 'x'), '1\n');
  assert.equal(said('get', 'run'), '1\n');
});

test('the launcher becomes the Node.js process: same pid, its signals, its exit code', async () => {
  write(
    'src/main.ts',
    `process.on('SIGTERM', () => process.exit(42)); console.log(process.pid); setInterval(() => {}, 1e6);`,
  );
  const child = spawn(path.join(root, 'scripts', 'clawfleet'), { env: environment() });
  const pid = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
  );
  assert.equal(Number(pid), child.pid);
  child.kill('SIGTERM');
  assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 42);
});
