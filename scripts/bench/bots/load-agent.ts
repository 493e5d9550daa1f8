import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer-reader.ts';
import type { Identity, Target } from './load-protocol.ts';
import type { Notebook } from './notebook.ts';
import { Wire } from './wire.ts';

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token?: string;
  readonly body?: string;
  readonly tag?: string | undefined;
  /** How long it is asked to be held. */
  readonly waitMs?: number;
}

export interface Rhythm {
  readonly beatMs: number;
  /** After a failure it is tried again within so long. */
  readonly retryMs: number;
}

/** An answer that takes longer does not come; as with the droplets' own agents. */
const answerMs = 15_000;

/** Of a bootstrap that is over, with a failed step that the bot does without: each beat reports the same. */
const report = { bootstrap: { running: false, failed_steps: ['customizer'] } };
const beatBody = JSON.stringify(report);

/** An agent as the droplets' own: beats, and waits for its config by long poll in between; on one connection. */
export class LoadAgent {
  readonly #identity: Identity;
  readonly #notes: Notebook;
  readonly #wire: Wire;
  readonly #token = randomBytes(32).toString('hex');
  #tag: string | undefined;
  #acknowledged: string | undefined;

  constructor(identity: Identity, target: Target, notes: Notebook) {
    this.#identity = identity;
    this.#notes = notes;
    this.#wire = new Wire(target);
  }

  /** Registers, and acknowledges its first config. */
  async enrol(): Promise<void> {
    const { botID, registrationToken: token } = this.#identity;
    const body = JSON.stringify({ bot_id: botID, agent_token: this.#token, ...report });
    await this.#insist(() => this.#ask({ method: 'POST', path: '/v1/bot/register', token, body }, 200));
    await this.#insist(() => this.#follow(performance.now() + 10_000));
  }

  /** Beats first at a time of its own, so that not all beat at once; never ends. */
  async live({ beatMs, retryMs }: Rhythm): Promise<never> {
    for (let due = performance.now() + Math.random() * beatMs; ; due += beatMs) {
      try {
        while (performance.now() < due) await this.#follow(due);
        await this.#beat();
      } catch {
        await sleep(Math.random() * retryMs);
        due = performance.now() - beatMs;
      }
    }
  }

  move(target: Target): void {
    this.#wire.move(target);
  }

  async #beat(): Promise<void> {
    const { botID } = this.#identity;
    const begunAt = performance.now();
    const call = { method: 'POST', path: `/v1/bot/${botID}/heartbeat`, body: beatBody } as const;
    const { body } = await this.#ask(call, 200);
    this.#notes.beat(botID, performance.now() - begunAt);
    const { desired_config_id: desired } = JSON.parse(body) as { desired_config_id: string };
    if (desired !== this.#acknowledged) this.#tag = undefined;
  }

  async #follow(until: number): Promise<void> {
    const { botID } = this.#identity;
    const waitMs = Math.max(1, Math.ceil(until - performance.now()));
    const path = `/v1/bot/${botID}/config?wait=${waitMs}ms`;
    const { status, etag, body } = await this.#ask({ method: 'GET', path, tag: this.#tag, waitMs }, 200, 304);
    if (status === 304) {
      await sleep(Math.max(0, until - performance.now()));
      return;
    }
    const { id } = JSON.parse(body) as { id: string };
    if (id !== this.#acknowledged) await this.#acknowledge(id);
    this.#tag = etag;
  }

  async #acknowledge(id: string): Promise<void> {
    const { botID } = this.#identity;
    this.#notes.delivered(botID, id);
    const body = JSON.stringify({ config_id: id });
    await this.#ask({ method: 'POST', path: `/v1/bot/${botID}/config_ack`, body }, 200);
    this.#notes.acknowledged(botID, id);
    this.#acknowledged = id;
  }

  async #insist(step: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await step();
        return;
      } catch {
        await sleep(500 + Math.random() * 1_000);
      }
    }
  }

  /** Throws when another status comes, or none. */
  async #ask(call: Call, ...expected: readonly number[]): Promise<Answer> {
    try {
      const answer = await this.#wire.call(this.#written(call), (call.waitMs ?? 0) + answerMs);
      if (!expected.includes(answer.status)) throw new Error(`${answer.status}`);
      return answer;
    } catch (error) {
      this.#notes.failed(`${call.method} ${call.path.replace(/^.*\/|\?.*/g, '')}: ${messageOf(error)}`);
      throw error;
    }
  }

  #written({ method, path, token = this.#token, body = '', tag }: Call): string {
    const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', `authorization: Bearer ${token}`];
    if (tag !== undefined) lines.push(`if-none-match: ${tag}`);
    if (body !== '')
      lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
    return `${lines.join('\r\n')}\r\n\r\n${body}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
