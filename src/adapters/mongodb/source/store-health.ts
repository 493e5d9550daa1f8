import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { PortError } from '../../../ports/port-error.ts';

/** How long after a failed write another one is tried, in ms. */
const probeMs = 500;

export interface StoreHealthOptions {
  readonly clock: Clock;
  /** Writes something harmless. */
  readonly probe: () => Promise<void>;
  readonly onChange: () => void;
}

/** Whether the ledger takes writes. After a failure it tries until one succeeds. */
export class StoreHealth {
  readonly #options: StoreHealthOptions;
  #failure: string | undefined;
  #cancel: Cancel | undefined;
  #ended = false;

  constructor(options: StoreHealthOptions) {
    this.#options = options;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  /** Takes in how a write went. */
  outcome(failure: PortError | undefined): void {
    const before = this.#failure;
    this.#failure = failure?.message;
    if (failure && !this.#ended) this.#probeLater();
    if ((before === undefined) !== (failure === undefined)) this.#options.onChange();
  }

  stop(): void {
    this.#ended = true;
    this.#cancel?.();
  }

  #probeLater(): void {
    this.#cancel ??= this.#options.clock.schedule(probeMs, async () => {
      try {
        await this.#options.probe();
        this.#cancel = undefined;
        this.outcome(undefined);
      } catch (error) {
        this.#cancel = undefined;
        this.outcome(error as PortError);
      }
    });
  }
}
