import type { Timer } from './timer.ts';

export interface StoreHealthOptions {
  readonly timer: Timer;
  /** How long after a failed write the next probe follows. */
  readonly probeMs: number;
  /** Writes something harmless; rejects with the failure. It may call `outcome` itself as well. */
  readonly probe: () => Promise<void>;
  readonly onChange: () => void;
}

/** Tracks whether a store takes writes. After a failure it probes until a write succeeds. */
export class StoreHealth {
  readonly #options: StoreHealthOptions;
  #failure: string | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: StoreHealthOptions) {
    this.#options = options;
  }

  /** Why the store takes no writes; undefined while it does. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Records the outcome of a write; undefined if it succeeded. */
  outcome(failure: { readonly message: string } | undefined): void {
    const before = this.#failure;
    this.#failure = failure?.message;
    if (failure && !this.#stopped) this.#probeLater();
    if ((before === undefined) !== (failure === undefined)) this.#options.onChange();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #probeLater(): void {
    const { timer, probeMs, probe } = this.#options;
    this.#cancel ??= timer.schedule(probeMs, () => {
      this.#cancel = undefined;
      probe().then(
        () => this.outcome(undefined),
        (error: Error) => this.outcome(error),
      );
    });
  }
}
