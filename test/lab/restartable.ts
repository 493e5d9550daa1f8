import { existsSync } from 'node:fs';
import { Child, type ChildOptions } from './child.ts';

/** From util-linux: it becomes the program, which the kernel kills when this process dies. */
const setpriv = '/usr/bin/setpriv';

/** A server that can be killed and started again with the same arguments. On Linux it never outlives this process. */
export class Restartable {
  readonly #options: ChildOptions;
  #child: Child | undefined;

  constructor(options: ChildOptions) {
    const { command, args } = options;
    this.#options = existsSync(setpriv)
      ? { ...options, command: setpriv, args: ['--pdeathsig', 'KILL', command, ...args] }
      : options;
  }

  get pid(): number | undefined {
    return this.#child?.alive ? this.#child.pid : undefined;
  }

  start(): void {
    this.#child = new Child(this.#options);
  }

  /** As `kill -9`; resolves when it is dead. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  async end(): Promise<void> {
    await this.#child?.end();
  }

  /** Throws with its last words when it has died. */
  assertAlive(): void {
    if (!this.#child?.alive)
      throw new Error(`${this.#options.command} ended: ${this.#child?.log().slice(-2_000)}`);
  }
}
