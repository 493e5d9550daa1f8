import type { Beat, BotAPI, Health, HeartbeatCall, Refused } from './bot-api.ts';
import { notLeading } from './refusals.ts';

/**
 * Stands before the bot API from the process's start to its end. While this process does not lead, every answer names
 * the process that does, if it is known; once this one leads, calls pass through.
 */
export class BotAPIGate implements BotAPI {
  #leader: () => string | undefined;
  #behind: BotAPI | undefined;

  /** `leader`: `host:port` of the process that leads, when it is known and is not this one. */
  constructor(leader: () => string | undefined = () => undefined) {
    this.#leader = leader;
  }

  /** From now on it is `leader` that says who leads. */
  standBy(leader: () => string | undefined): void {
    this.#leader = leader;
  }

  open(behind: BotAPI): void {
    this.#behind = behind;
  }

  shut(): void {
    this.#behind = undefined;
  }

  async register(call: Parameters<BotAPI['register']>[0]): ReturnType<BotAPI['register']> {
    return this.#behind?.register(call) ?? this.#refusal;
  }

  async config(call: Parameters<BotAPI['config']>[0]): ReturnType<BotAPI['config']> {
    return this.#behind?.config(call) ?? this.#refusal;
  }

  async acknowledge(call: Parameters<BotAPI['acknowledge']>[0]): ReturnType<BotAPI['acknowledge']> {
    return this.#behind?.acknowledge(call) ?? this.#refusal;
  }

  heartbeat(call: HeartbeatCall): Beat | Refused {
    return this.#behind?.heartbeat(call) ?? this.#refusal;
  }

  health(): Health {
    if (this.#behind) return this.#behind.health();
    const isForwarding = this.#leader() !== undefined;
    return { ok: isForwarding, reasons: isForwarding ? [] : ['it is not known which process leads'] };
  }

  get #refusal(): Refused {
    return notLeading(this.#leader());
  }
}
