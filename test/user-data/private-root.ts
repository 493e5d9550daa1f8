import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { standIns } from './stand-ins.ts';

/** What of the machine the scripts may really run. All else on their PATH is a stand-in. */
const REAL_COMMANDS = [
  ...[
    'bash',
    'sh',
    'env',
    'cat',
    'chmod',
    'cut',
    'date',
    'dirname',
    'find',
    'flock',
    'head',
    'jq',
    'ln',
    'mkdir',
  ],
  ...[
    'mktemp',
    'mv',
    'od',
    'printf',
    'readlink',
    'rm',
    'sha256sum',
    'sleep',
    'sync',
    'timeout',
    'touch',
    'tr',
  ],
];

/** One command that the scripts ran, or one call that the bot API got. */
export interface Call {
  readonly command: string;
  readonly args: readonly string[];
}

/** A directory that passes for a droplet's disk, with a PATH of its own. */
export class PrivateRoot {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'clawfleet-root-'));
  readonly #callsFile = path.join(this.directory, 'calls');

  constructor() {
    const bin = this.path('bin');
    mkdirSync(bin);
    writeFileSync(this.#callsFile, '');
    for (const name of REAL_COMMANDS) symlinkSync(realCommand(name), path.join(bin, name));
    symlinkSync(realCommand('curl'), path.join(bin, 'real-curl'));
    for (const [name, text] of Object.entries(standIns)) {
      writeFileSync(path.join(bin, name), `#!${realCommand('bash')}\n${text}`);
      chmodSync(path.join(bin, name), 0o755);
    }
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

  start(file: string, ...args: readonly string[]) {
    return spawn(realCommand('bash'), [file, ...args], {
      env: {
        PATH: this.path('bin'),
        OPENCLAW_ROOT: this.directory,
        OPENCLAW_RETRY_SECONDS: '0',
        OPENCLAW_BEAT_SECONDS: '0',
        CALLS_FILE: this.#callsFile,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a script to its end. */
  async run(file: string, ...args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const child = this.start(file, ...args);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Where a command of this machine is; undefined when it is not installed. */
export function findCommand(name: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(path.delimiter);
  return directories.map((directory) => path.join(directory, name)).find((file) => existsSync(file));
}

function realCommand(name: string): string {
  const file = findCommand(name);
  if (file === undefined) throw new Error(`this test needs ${name} on PATH`);
  return file;
}
