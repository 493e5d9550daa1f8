import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the process runs; default: where this one does. */
  readonly cwd?: string;
  /** Takes what the process writes to stdout and stderr. */
  readonly logFile: string;
}

const startWithinMs = 20_000;
/** Past it a process that was asked to end is killed. */
const endWithinMs = 15_000;

/** A process that writes to a file. */
export class Child {
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<void>;
  #alive = true;

  constructor({ command, args, env, cwd, logFile }: ChildOptions) {
    const log = openSync(logFile, 'w');
    const child = spawn(command, args, {
      env: { ...environment(), ...env },
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.exited = new Promise((resolve) => {
      const gone = () => {
        this.#alive = false;
        resolve();
      };
      child.once('exit', gone);
      child.once('error', gone);
    });
    if (child.pid === undefined) throw new Error(`${command} could not be started`);
    this.pid = child.pid;
    this.logFile = logFile;
  }

  get alive(): boolean {
    return this.#alive;
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** The last ten lines of what it said. */
  lastWords(): string {
    return this.log().trimEnd().split('\n').slice(-10).join('\n');
  }

  /** The first match of `pattern`'s group in what the process says. Throws with its words when it ends before. */
  async says(pattern: RegExp): Promise<string> {
    let found: string | undefined;
    await until(`${pattern} from process ${this.pid}`, startWithinMs, 5, () => {
      found = pattern.exec(this.log())?.[1];
      if (found === undefined && !this.#alive) throw new Error(`the process has ended: ${this.log()}`);
      return found !== undefined;
    });
    return found ?? '';
  }

  /** Ends the process as `kill -9` does. */
  async kill(): Promise<void> {
    if (this.#alive) process.kill(this.pid, 'SIGKILL');
    await this.exited;
  }

  /** Asks the process to end, and makes it when it does not. */
  async end(): Promise<void> {
    if (this.#alive) process.kill(this.pid, 'SIGTERM');
    const timer = setTimeout(() => void this.kill(), endWithinMs);
    await this.exited;
    clearTimeout(timer);
  }
}

/** Ours, without what would change how the program runs or which cloud it takes. */
function environment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !/^(NODE_|DIGITALOCEAN_|CLAWFLEET_)/.test(name)));
}
