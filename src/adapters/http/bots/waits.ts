import type { BegunWait, ConfigAnswer, Later, Waiting } from '../../../bot-api/bot-api.ts';
import type { Caller, CallLimits } from './call-limits.ts';

/** Who is given the answer to a call that waited. */
export interface Held extends Later {
  /** Calls `listener` when the caller has gone; perhaps after the answer too. */
  onGone(listener: () => void): void;
}

/** One object for what closures would take more for: ten thousand calls wait. */
class WaitingCall implements Later {
  readonly credentials: string;
  readonly #held: Held;
  readonly #onOver: (call: WaitingCall) => void;
  readonly #begun: BegunWait;

  constructor(credentials: string, held: Held, waiting: Waiting, onOver: (call: WaitingCall) => void) {
    this.credentials = credentials;
    this.#held = held;
    this.#onOver = onOver;
    this.#begun = waiting.begin(this);
  }

  end(): void {
    this.#begun.end();
  }

  answered(answer: ConfigAnswer): void {
    this.#onOver(this);
    this.#held.answered(answer);
  }

  failed(error: unknown): void {
    this.#onOver(this);
    this.#held.failed(error);
  }
}

/** The calls that wait. */
export class Waits {
  readonly #limits: CallLimits;
  readonly #calls = new Set<WaitingCall>();
  #over = false;

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Whether one more call of the bot may wait. */
  hasRoom({ credentials }: Caller): boolean {
    return credentials !== undefined && !this.#over && this.#limits.mayEnter(credentials);
  }

  /** Has the call wait; where there is no room, it is answered without. */
  hold({ credentials = '' }: Caller, waiting: Waiting, held: Held): void {
    const hasRoom = !this.#over && this.#limits.enter(credentials);
    const call = new WaitingCall(credentials, held, waiting, this.#leave);
    if (hasRoom) {
      this.#calls.add(call);
      held.onGone(() => call.end());
    } else call.end();
  }

  /** Ends all; nobody waits any more. */
  endAll(): void {
    this.#over = true;
    for (const call of [...this.#calls]) call.end();
  }

  readonly #leave = (call: WaitingCall): void => {
    if (this.#calls.delete(call)) this.#limits.leave(call.credentials);
  };
}
