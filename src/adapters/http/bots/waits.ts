import type { Caller, CallLimits } from './call-limits.ts';

/** How long one call may wait, and what ends it before. */
export interface Wait {
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** To be called when the call is answered. */
  end(): void;
}

/** Tells when the caller has gone. */
interface Connection {
  once(event: 'close', listener: () => void): unknown;
}

/** Made once: a reason of its own for each call would cost a stack trace. */
const gone = new Error('the caller has gone, or the server ends');
const never = new AbortController().signal;
const none: Wait = { waitMs: 0, signal: never, end: () => undefined };

/** The calls that wait. */
export class Waits {
  readonly #limits: CallLimits;
  readonly #open = new Set<AbortController>();
  #over = false;

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Of no length when the bot has enough calls waiting. */
  open({ credentials }: Caller, waitMs: number, connection: Connection): Wait {
    if (waitMs === 0 || credentials === undefined || this.#over) return none;
    if (!this.#limits.enter(credentials)) return none;
    const controller = new AbortController();
    this.#open.add(controller);
    connection.once('close', () => {
      if (this.#open.has(controller)) controller.abort(gone);
    });
    const end = () => {
      if (this.#open.delete(controller)) this.#limits.leave(credentials);
    };
    return { waitMs, signal: controller.signal, end };
  }

  /** Ends all; nobody waits any more. */
  endAll(): void {
    this.#over = true;
    for (const controller of this.#open) controller.abort(gone);
  }
}
