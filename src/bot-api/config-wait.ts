import { agentHashOf } from '../model/agent-credentials.ts';
import { type BotRecord, isEnding } from '../model/records.ts';
import type { BegunWait, ConfigAnswer, Later } from './bot-api.ts';
import type { Shown } from './credentials.ts';
import type { HeldPoll, Waiter } from './long-polls.ts';

/** What is kept of a call for a config while it waits; times by the monotonic clock. */
export interface Asked {
  readonly shown: Shown;
  /** Id of the config that the caller has; undefined when it is none that is told nowadays. */
  readonly has: string | undefined;
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
export interface ConfigWaits {
  look(asked: Asked): Promise<ConfigAnswer | Wait>;
  /** Wakes `waiter` once there is news, or `ms` are over; undefined when nobody more can wait. Never wakes it at once. */
  hold(asked: Asked, ms: number, waiter: Waiter): HeldPoll | undefined;
}

/**
 * A call that waits, as one object that is told of whatever happens: promises, generators and closures that ten
 * thousand calls keep for half a minute are memory.
 */
export class ConfigWait implements Waiter, BegunWait {
  readonly #looks: ConfigWaits;
  readonly #asked: Asked;
  readonly #later: Later;
  /** Of the config that was stored when it was last looked at. */
  #id: string;
  #isOver = false;
  /** Set while nobody looks. */
  #place: HeldPoll | undefined;

  /** Begins to wait. */
  constructor(looks: ConfigWaits, asked: Asked, first: Wait, later: Later) {
    this.#looks = looks;
    // The same text as in the bot's record: what came with the call may go.
    this.#asked = asked.has === first.id ? { ...asked, has: first.id } : asked;
    this.#later = later;
    this.#id = first.id;
    this.#hold(first);
  }

  isNews(bot: BotRecord): boolean {
    const isAsBefore = bot.status.desiredConfig?.id === this.#id && !isEnding(bot);
    return !isAsBefore || agentHashOf(bot) !== this.#asked.shown.shownSHA256;
  }

  wake(): void {
    if (this.#place) void this.#look();
  }

  /** While somebody looks, what is seen is the answer. */
  end(): void {
    this.#isOver = true;
    this.#place?.leave();
    this.wake();
  }

  #hold({ id, ms, otherwise }: Wait): void {
    this.#id = id;
    if (!this.#isOver) this.#place = this.#looks.hold(this.#asked, ms, this);
    // Nobody is told before it is known how to end the wait.
    if (!this.#place) queueMicrotask(() => this.#later.answered(otherwise));
  }

  async #look(): Promise<void> {
    this.#place = undefined;
    try {
      const answer = await this.#looks.look(this.#asked);
      if (answer.kind === 'wait') this.#hold(answer);
      else this.#later.answered(answer);
    } catch (error) {
      this.#later.failed(error);
    }
  }
}
