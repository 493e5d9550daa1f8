import { join } from 'node:path';
import { Child } from '../../lab/child.ts';

export interface CheckoutOptions {
  readonly cwd: string;
  /** Of the log. */
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A checkout of an earlier release, and its commands. */
export class Checkout {
  readonly directory: string;
  readonly #main: string;
  readonly #children: Child[] = [];

  constructor(directory: string) {
    this.directory = directory;
    this.#main = join(directory, 'src', 'main.ts');
  }

  start(args: readonly string[], { cwd, name, env = {} }: CheckoutOptions): Child {
    const logFile = join(cwd, `${name}.log`);
    const child = new Child({ command: process.execPath, args: [this.#main, ...args], cwd, env, logFile });
    this.#children.push(child);
    return child;
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.kill()));
  }
}
