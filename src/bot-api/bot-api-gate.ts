import type { Beat, BotAPI, Health, HeartbeatCall, Refused } from './bot-api.ts';
import { notLeading } from './refusals.ts';

/**
 * Stands before the bot API for the life of the process. While this process leads, calls pass through; while
 * it does not, every answer names the process that does, if known.
 */
export class BotAPIGate implements BotAPI {
  #leader: () => string | undefined;
  #behind: BotAPI | undefined;

  /** `leader`: `host:port` of the process that leads, when known and not this one. */
  constructor(leader: () => string | undefined = () => undefined) {
    this.#leader = leader;
  }

  /** Replaces the function that names the leader. */
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
    return { ok: isForwarding, reasons: isForwarding ? [] : ['no process is known to lead'] };
  }

  get #refusal(): Refused {
    return notLeading(this.#leader());
  }
}
