import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Rhythm } from './load-agent.ts';
import type { Identity, Notes, Order, Target, Word } from './load-protocol.ts';

const program = fileURLToPath(new URL('load.ts', import.meta.url));

/** Some of the agents, in a process of their own. */
export class LoadProcess {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(program, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  }

  /** Resolves when all have acknowledged their first config. */
  enrol(target: Target, agents: readonly Identity[], progress: (count: number) => void): Promise<void> {
    this.#order({ order: 'enrol', target, agents });
    return this.#heard((word) => {
      if (word.word !== 'enrolled') return undefined;
      progress(word.count);
      return word.count === agents.length ? { value: undefined } : undefined;
    });
  }

  live(rhythm: Rhythm): void {
    this.#order({ order: 'live', ...rhythm });
  }

  move(target: Target): void {
    this.#order({ order: 'move', target });
  }

  /** What happened since this was asked last. */
  notes(): Promise<Notes> {
    this.#order({ order: 'tell' });
    return this.#heard((word) => (word.word === 'notes' ? { value: word.notes } : undefined));
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #order(order: Order): void {
    this.#child.send(order);
  }

  /** Rejects when the process ends before. */
  #heard<T>(pick: (word: Word) => { readonly value: T } | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const over = () => {
        this.#child.off('message', hear);
        this.#child.off('exit', fail);
      };
      const hear = (word: unknown) => {
        const picked = pick(word as Word);
        if (!picked) return;
        over();
        resolve(picked.value);
      };
      const fail = () => {
        over();
        reject(new Error('a process of agents has ended'));
      };
      this.#child.on('message', hear).once('exit', fail);
    });
  }
}
