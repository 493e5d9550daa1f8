import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { PortError } from '../../../ports/port-error.ts';

/** How long after a failed write another one is tried, in ms. */
const probeMs = 5000;

export interface StoreHealthOptions {
  readonly clock: Clock;
  /** Writes something harmless; its outcome comes back by `outcome` like any other's. */
  readonly probe: () => Promise<void>;
  readonly onChange: () => void;
}

/** Whether the state file takes writes. After a failure it tries until one succeeds. */
export class StoreHealth {
  readonly #options: StoreHealthOptions;
  #failure: string | undefined;
  #cancel: Cancel | undefined;

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
    if (failure) this.#cancel ??= this.#options.clock.schedule(probeMs, () => this.#probe());
    if ((before === undefined) !== (failure === undefined)) this.#options.onChange();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #probe(): void {
    this.#cancel = undefined;
    // A failure has been told by `outcome` already, which arranged the next probe.
    this.#options.probe().catch(() => undefined);
  }
}
