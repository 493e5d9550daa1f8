import { join } from 'node:path';
import { Child } from '../../../scripts/lab/child.ts';
import { ended } from '../../deploy/support/program.ts';

export interface CheckoutOptions {
  readonly cwd: string;
  /** Of the log. */
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A checkout of an earlier release, and its commands. */
export class Checkout {
  readonly #main: string;
  readonly #children: Child[] = [];

  constructor(directory: string) {
    this.#main = join(directory, 'src', 'main.ts');
  }

  start(args: readonly string[], { cwd, name, env = {} }: CheckoutOptions): Child {
    const logFile = join(cwd, `${name}.log`);
    const child = new Child({ command: process.execPath, args: [this.#main, ...args], cwd, env, logFile });
    this.#children.push(child);
    return child;
  }

  /** What a command prints that must succeed. */
  async printed(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, stdout, stderr } = await ended(process.execPath, [this.#main, ...args], { env });
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.kill()));
  }
}
