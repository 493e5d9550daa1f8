import { agentHashOf } from '../model/agent-credentials.ts';
import { type BotRecord, isEnding } from '../model/records.ts';
import type { BegunWait, ConfigAnswer, Later } from './bot-api.ts';
import type { Shown } from './credentials.ts';
import type { PollHandle, Waiter } from './long-polls.ts';

/** What is kept of a call for a config while it waits; times by the monotonic clock. */
export interface Asked {
  readonly shown: Shown;
  /**
   * Id of the config that the caller has; undefined if it sent no etag, or one
   * for another control plane URL.
   */
  readonly has: string | undefined;
  /** Until then a caller that has the stored config waits for a newer one. */
  readonly waitForChangeUntil: number;
  /** Until then a caller that lacks even the stored config waits for the new one's id to be stored. */
  readonly waitForIDUntil: number;
}

/** The caller may wait for a newer config. */
export interface Wait {
  readonly kind: 'wait';
  /** Id of the stored config. */
  readonly id: string;
  readonly ms: number;
  /** The answer if the caller does not wait. */
  readonly otherwise: ConfigAnswer;
}

/** Checks a bot's config, and waits until it is worth checking again. */
export interface ConfigWaits {
  check(asked: Asked): Promise<ConfigAnswer | Wait>;
  /**
   * Wakes `waiter` once there is news or `ms` have passed; undefined if no more callers can
   * wait. Never wakes it before it returns.
   */
  wait(asked: Asked, ms: number, waiter: Waiter): PollHandle | undefined;
}

/**
 * A call that waits, as one object that every event is reported to: promises, generators and closures that
 * ten thousand calls keep for half a minute cost memory.
 */
export class ConfigWait implements Waiter, BegunWait {
  readonly #configs: ConfigWaits;
  readonly #asked: Asked;
  readonly #later: Later;
  /** Id of the config that was stored at the last check. */
  #storedID: string;
  #isOver = false;
  /** Set while no check is under way. */
  #poll: PollHandle | undefined;

  /** Begins to wait. */
  constructor(configs: ConfigWaits, asked: Asked, first: Wait, later: Later) {
    this.#configs = configs;
    // Keep the record's own string, so that the one that came with the call can be collected.
    this.#asked = asked.has === first.id ? { ...asked, has: first.id } : asked;
    this.#later = later;
    this.#storedID = first.id;
    this.#wait(first);
  }

  isNews(bot: BotRecord): boolean {
    const isAsBefore = bot.status.desiredConfig?.id === this.#storedID && !isEnding(bot);
    return !isAsBefore || agentHashOf(bot) !== this.#asked.shown.shownSHA256;
  }

  wake(): void {
    if (this.#poll) void this.#check();
  }

  /** If a check is under way, its result is the answer. */
  end(): void {
    this.#isOver = true;
    this.#poll?.leave();
    this.wake();
  }

  #wait({ id, ms, otherwise }: Wait): void {
    this.#storedID = id;
    if (!this.#isOver) this.#poll = this.#configs.wait(this.#asked, ms, this);
    // Answer only after the constructor has returned: the caller must know how to end the wait first.
    if (!this.#poll) queueMicrotask(() => this.#later.answered(otherwise));
  }

  async #check(): Promise<void> {
    this.#poll = undefined;
    try {
      const answer = await this.#configs.check(this.#asked);
      if (answer.kind === 'wait') this.#wait(answer);
      else this.#later.answered(answer);
    } catch (error) {
      this.#later.failed(error);
    }
  }
}
