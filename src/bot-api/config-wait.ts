import type { Cancel } from '../ports/clock.ts';
import type { ConfigAnswer, Later } from './bot-api.ts';
import type { Shown } from './credentials.ts';

/** What is kept of a call for a config while it waits; times by the monotonic clock. */
export interface Asked {
  readonly shown: Shown;
  readonly ifNoneMatch: string | undefined;
  /** Who has the config that is stored waits until then for another one. */
  readonly waitUntil: number;
  /** Who has not even that one waits until then for it to be stored. */
  readonly settleUntil: number;
}

/** It may be waited for another config than the stored one. */
export interface Wait {
  readonly kind: 'wait';
  /** Of the config that is stored. */
  readonly id: string;
  readonly ms: number;
  /** The answer to who does not wait. */
  readonly otherwise: ConfigAnswer;
}

/** Looks at a bot's config again and again. */
export interface ConfigLooks {
  look(asked: Asked): Promise<ConfigAnswer | Wait>;
  /** Calls `wake` once there is news, or the time is over; undefined when nobody more can wait. Never calls it at once. */
  hold(asked: Asked, wait: Wait, wake: () => void): Cancel | undefined;
}

/** Waits, by callbacks: promises and generators that ten thousand calls keep for half a minute are memory. */
export function beginWait(looks: ConfigLooks, asked: Asked, first: Wait, later: Later): () => void {
  const wait = new ConfigWait(looks, asked, later);
  wait.hold(first);
  return () => wait.end();
}

class ConfigWait {
  readonly #looks: ConfigLooks;
  readonly #asked: Asked;
  readonly #later: Later;
  #isOver = false;
  /** Set while nobody looks. */
  #release: Cancel | undefined;

  constructor(looks: ConfigLooks, asked: Asked, later: Later) {
    this.#looks = looks;
    this.#asked = asked;
    this.#later = later;
  }

  hold(wait: Wait): void {
    if (!this.#isOver) this.#release = this.#looks.hold(this.#asked, wait, () => this.#woken());
    // Nobody is told before it is known how to end the wait.
    if (!this.#release) queueMicrotask(() => this.#later.answered(wait.otherwise));
  }

  /** While somebody looks, what is seen is the answer. */
  end(): void {
    this.#isOver = true;
    if (!this.#release) return;
    this.#release();
    this.#woken();
  }

  #woken(): void {
    if (this.#release) void this.#look();
  }

  async #look(): Promise<void> {
    this.#release = undefined;
    try {
      const answer = await this.#looks.look(this.#asked);
      if (answer.kind === 'wait') this.hold(answer);
      else this.#later.answered(answer);
    } catch (error) {
      this.#later.failed(error);
    }
  }
}
