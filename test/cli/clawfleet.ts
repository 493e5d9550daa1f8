import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteCommand, noteState } from '../lab/notes/note-command.ts';
import { temporaryDirectory } from '../lab/temporary-directory.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;

/** Compiled code, shared by all commands that tests run. */
const cache = join(tmpdir(), `clawfleet-test-cache-${process.getuid?.() ?? 0}`);

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running command with what it has written so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves once stdout or stderr matches; rejects when the command ends first. */
  until(pattern: RegExp): Promise<string>;
}

const children = new Set<ChildProcess>();

/** For `after`: a test that failed may have left commands behind. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

export function newDirectory(): string {
  return temporaryDirectory('cli');
}

/** Starts the real command, in an environment that names no cloud unless told. */
export function start(args: readonly string[], { cwd, env = {} }: Surroundings): Running {
  const clean = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', XDG_CACHE_HOME: cache, ...env };
  const options = ['--disable-warning=ExperimentalWarning', main, ...args];
  const child = spawn(process.execPath, options, { cwd, env: clean, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.on('close', () => children.delete(child));
  const written = { stdout: '', stderr: '' };
  const lookers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      written[name] += chunk;
      for (const look of lookers) look();
    });
  }
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code, signal) => {
      noteCommand({ args, env }, written);
      noteState(cwd);
      resolve({ code, signal, ...written });
    });
  });
  return { child, ended, until: (pattern) => until(pattern, written, lookers, ended) };
}

/** Runs the real command to its end. */
export function clawfleet(args: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  return start(args, surroundings).ended;
}

function until(
  pattern: RegExp,
  written: { readonly stdout: string; readonly stderr: string },
  lookers: Set<() => void>,
  ended: Promise<Outcome>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const text = `${written.stdout}\n${written.stderr}`;
      if (!pattern.test(text)) return;
      lookers.delete(look);
      resolve(text);
    };
    lookers.add(look);
    look();
    void ended.then((outcome) => reject(new Error(`ended before ${pattern}: ${JSON.stringify(outcome)}`)));
  });
}
