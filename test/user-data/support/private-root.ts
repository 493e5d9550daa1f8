import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { skipWithout, systemProgram } from '../../lab/required.ts';
import { jqCommand } from './jq.ts';
import { standIns, watching } from './stand-ins.ts';

/** What of the machine the scripts may really run. All else on their PATH is a stand-in. */
const realCommands =
  'bash sh env cat chmod cmp cut date dirname find flock head ln mkdir mktemp mv od printf readlink rm sha256sum sleep sync timeout touch tr'.split(
    ' ',
  );

/** Options of tests that run scripts: they end within 30 s, and are skipped where there is no curl. */
export const limit = { timeout: 30_000, ...skipWithout('curl') };

/** One command that the scripts ran, or one call that the bot API got. */
export interface Call {
  readonly command: string;
  readonly args: readonly string[];
}

export interface PrivateRootOptions {
  /** Further variables of everything that runs. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Notes the arguments and the environment of the real commands too. */
  readonly watched?: boolean;
}

/** How a script ended, with all that it printed. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** A script at work. */
export interface Started {
  /** Kills it with all its children, as systemd does and as a power cut does. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<Finished>;
  readonly ended: Promise<Finished>;
}

/** A directory that passes for a droplet's disk, with a PATH of its own. */
export class PrivateRoot {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'clawfleet-root-'));
  readonly #callsFile = path.join(this.directory, 'calls');
  readonly #running = new Set<Started>();
  readonly #environment: Readonly<Record<string, string>>;

  constructor({ watched = false, environment = {} }: PrivateRootOptions = {}) {
    this.#environment = environment;
    for (const name of ['bin', 'tmp']) mkdirSync(this.path(name));
    writeFileSync(this.#callsFile, '');
    symlinkSync(systemProgram('curl'), this.path('bin', 'real-curl'));
    const real = (name: string) => {
      if (watched) this.#install(name, watching(`exec ${systemProgram(name)} "$@"\n`));
      else symlinkSync(systemProgram(name), this.path('bin', name));
    };
    this.#install('real-jq', watched ? watching(jqCommand) : jqCommand);
    for (const name of realCommands) real(name);
    for (const [name, text] of Object.entries(standIns)) this.#install(name, text);
  }

  #install(name: string, text: string): void {
    writeFileSync(this.path('bin', name), `#!${systemProgram('bash')}\n${text}`, { mode: 0o755 });
  }

  path(...parts: readonly string[]): string {
    return path.join(this.directory, ...parts);
  }

  read(...parts: readonly string[]): string {
    return readFileSync(this.path(...parts), 'utf8');
  }

  has(...parts: readonly string[]): boolean {
    return existsSync(this.path(...parts));
  }

  write(text: string, ...parts: readonly string[]): string {
    writeFileSync(this.path(...parts), text);
    return this.path(...parts);
  }

  /** Everything that was called so far, in order. */
  calls(): Call[] {
    const fields = readFileSync(this.#callsFile, 'utf8').split('\0');
    const calls: Call[] = [];
    for (let at = 0; at < fields.length - 1; ) {
      const count = Number(fields[at]);
      calls.push({ command: fields[at + 1] ?? '', args: fields.slice(at + 2, at + 2 + count) });
      at += 2 + count;
    }
    return calls;
  }

  /** The arguments of each call of `command`, as one text each. */
  callsOf(command: string): string[] {
    return this.calls()
      .filter((call) => call.command === command)
      .map((call) => call.args.join(' '));
  }

  /** Starts a script in a session of its own. */
  start(file: string, ...args: readonly string[]): Started {
    return this.startWith('', file, ...args);
  }

  /** Starts a script with a text on its standard input. */
  startWith(input: string, file: string, ...args: readonly string[]): Started {
    const child = spawn(systemProgram('bash'), [file, ...args], {
      detached: true,
      cwd: this.directory,
      env: {
        PATH: this.path('bin'),
        TMPDIR: this.path('tmp'),
        OPENCLAW_ROOT: this.directory,
        OPENCLAW_RETRY_SECONDS: '0',
        OPENCLAW_BEAT_SECONDS: '1',
        CALLS_FILE: this.#callsFile,
        ...this.#environment,
      },
      stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    const started = startedOf(child);
    this.#running.add(started);
    void started.ended.then(() => this.#running.delete(started));
    return started;
  }

  /** Runs a script to its end. */
  async run(file: string, ...args: readonly string[]): Promise<Finished> {
    return await this.start(file, ...args).ended;
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#running].map((started) => started.kill('SIGKILL')));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function startedOf(child: ChildProcess): Started {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return {
    ended,
    kill: async (signal) => {
      for (let pids = processesOf(child.pid); pids.length > 0; pids = processesOf(child.pid)) {
        for (const pid of pids) signalTo(pid, signal);
        await sleep(5); // one may have been started meanwhile
      }
      return await ended;
    },
  };
}

/** All that runs in a session: `timeout` makes process groups, which a signal to one group would miss. */
function processesOf(session: number | undefined): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => sessionOf(pid) === session);
}

/** Undefined for one that ended. */
function sessionOf(pid: number): number | undefined {
  try {
    const [state, , , session] =
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' ? undefined : Number(session);
  } catch {
    return undefined;
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
