import { sleep } from '../../../ports/clock.ts';

import { AgentLine, type AgentLineParts, newToken } from './agent-line.ts';

import type { ControlPlaneAnswer } from './control-plane-call.ts';

export interface AgentParts extends AgentLineParts {
  /** Between two heartbeats. */
  readonly beatMs: number;
  /** Failed calls are repeated after up to so long. */
  readonly retryMs: number;
}

/** Such an id is never issued. */
const noID = '0-none';

/**
 * Does over HTTP what the agent of the bootstrap script does: registers, beats, follows its config by long poll and
 * acknowledges it; as badly as its droplet's conduct says.
 */
export class SimulatedAgent {
  readonly #parts: AgentParts;
  readonly #line: AgentLine;
  #acknowledged: string | undefined;
  #tag: string | undefined;
  #lastID = noID;
  #dueAt = 0;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#line = new AgentLine(parts);
  }

  /** Until it is stopped. */
  async run(): Promise<void> {
    const { clock, chance, beatMs, retryMs } = this.#parts;
    const { signal } = this.#line;
    while (!signal.aborted) {
      this.#dueAt = clock.monotonic() + beatMs;
      const retryAfterMs = await this.#turn().catch(() => 0);
      const pauseMs = retryAfterMs === undefined ? 0 : retryAfterMs + chance.random() * retryMs;
      if (!signal.aborted && pauseMs > 0) await sleep(clock, pauseMs, signal).catch(() => undefined);
    }
  }

  /** The droplet is off, or gone. */
  stop(): void {
    this.#line.cut();
  }

  /** Undefined when all went well, else how long to wait at least. */
  async #turn(): Promise<number | undefined> {
    const registered = await this.#register();
    if (registered !== undefined) return registered;
    const beat = await this.#line.call({
      method: 'POST',
      path: `${this.#path}/heartbeat`,
      body: this.#report,
    });
    if (beat.status !== 200) return beat.retryAfterMs;
    const desired = beat.body['desired_config_id'];
    if (desired !== this.#acknowledged) this.#tag = undefined;
    while (this.#msLeft > 0) {
      const refused = await this.#follow();
      if (refused) return refused.retryAfterMs;
    }
    return undefined;
  }

  async #register(): Promise<number | undefined> {
    const { droplet } = this.#parts;
    if (droplet.conduct() === 'mute') return this.#parts.beatMs;
    if (droplet.disk()?.isRegistered) return undefined;
    const token = droplet.disk()?.token ?? newToken(this.#parts.chance);
    droplet.write({ token, isRegistered: false });
    const { botID, registrationToken } = droplet.identity;
    const body = { bot_id: botID, agent_token: token, ...this.#report };
    const answer = await this.#line.send(registrationToken, {
      method: 'POST',
      path: '/v1/bot/register',
      body,
    });
    if (answer.status !== 200) return answer.retryAfterMs;
    droplet.write({ token, isRegistered: true });
    return undefined;
  }

  /** The answer that refused, if one did. */
  async #follow(): Promise<ControlPlaneAnswer | undefined> {
    const seconds = Math.max(1, Math.ceil(this.#msLeft / 1_000));
    const answer = await this.#line.call({
      method: 'GET',
      path: `${this.#path}/config?wait=${seconds}s`,
      waitMs: seconds * 1_000,
      ...(this.#tag !== undefined && { ifNoneMatch: this.#tag }),
    });
    if (answer.status === 200) return this.#take(answer);
    if (answer.status !== 304 && answer.status !== 404) return answer;
    await this.#rest();
    return undefined;
  }

  async #take({ body, etag }: ControlPlaneAnswer): Promise<ControlPlaneAnswer | undefined> {
    const id = String(body['id']);
    const [url] = Array.isArray(body['control_plane_urls']) ? body['control_plane_urls'] : [];
    if (typeof url === 'string') this.#line.moveTo(url);
    const told = this.#parts.droplet.conduct() === 'stale' ? this.#lastID : id;
    const config_id = told === id && this.#acknowledged === id ? undefined : told;
    this.#tag = etag;
    if (config_id === undefined) return undefined;
    const answer = await this.#line.call({
      method: 'POST',
      path: `${this.#path}/config_ack`,
      body: { config_id },
    });
    if (told !== id) await this.#rest();
    if (answer.status !== 200) return this.#outdated(answer, told === id);
    this.#acknowledged = id;
    this.#lastID = id;
    return undefined;
  }

  /** A newer config is fetched at once. */
  #outdated(answer: ControlPlaneAnswer, isHonest: boolean): ControlPlaneAnswer | undefined {
    this.#tag = undefined;
    return answer.status === 409 && isHonest ? undefined : answer;
  }

  async #rest(): Promise<void> {
    if (this.#msLeft > 0) await sleep(this.#parts.clock, this.#msLeft, this.#line.signal);
  }

  /** How the bootstrap stands: it takes no time here. */
  get #report(): object {
    return { bootstrap: { running: false, failed_steps: this.#parts.droplet.failedSteps() } };
  }

  /** Until the next beat is due. */
  get #msLeft(): number {
    return this.#dueAt - this.#parts.clock.monotonic();
  }

  get #path(): string {
    return `/v1/bot/${this.#parts.droplet.identity.botID}`;
  }
}
