import type { ConfigAnswer, Waiting } from '../../../bot-api/bot-api.ts';
import type { Caller, CallLimits } from './call-limits.ts';

/** Who is given the answer to a call that waited. */
export interface Held {
  answered(answer: ConfigAnswer): void;
  failed(error: unknown): void;
  /** Calls `listener` when the caller has gone; perhaps after the answer too. */
  onGone(listener: () => void): void;
}

/** The calls that wait. */
export class Waits {
  readonly #limits: CallLimits;
  readonly #ends = new Set<() => void>();
  #over = false;

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#ends.size;
  }

  /** Whether one more call of the bot may wait. */
  hasRoom({ credentials }: Caller): boolean {
    return credentials !== undefined && !this.#over && this.#limits.mayEnter(credentials);
  }

  /** Has the call wait; where there is no room, it is answered without. */
  hold({ credentials = '' }: Caller, waiting: Waiting, held: Held): void {
    const hasRoom = !this.#over && this.#limits.enter(credentials);
    const leave = () => {
      if (this.#ends.delete(end)) this.#limits.leave(credentials);
    };
    const end = waiting.begin({
      answered: (answer) => {
        leave();
        held.answered(answer);
      },
      failed: (error) => {
        leave();
        held.failed(error);
      },
    });
    if (hasRoom) {
      this.#ends.add(end);
      held.onGone(end);
    } else end();
  }

  /** Ends all; nobody waits any more. */
  endAll(): void {
    this.#over = true;
    for (const end of [...this.#ends]) end();
  }
}
