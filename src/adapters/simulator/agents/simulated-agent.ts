import { sleep } from '../../../ports/clock.ts';

import { AgentLine, type AgentLineDeps, newToken } from './agent-line.ts';

import type { ControlPlaneAnswer } from './control-plane-call.ts';

export interface AgentDeps extends AgentLineDeps {
  /** Time between two heartbeats. */
  readonly beatMs: number;
  /** The longest pause before a failed call is repeated. */
  readonly retryMs: number;
}

/** An id that is never issued. */
const noID = '0-none';

/**
 * Does over HTTP what the agent of the bootstrap script does: registers, sends heartbeats, follows its
 * config by long poll and acknowledges it. Its droplet's conduct says how badly.
 */
export class SimulatedAgent {
  readonly #deps: AgentDeps;
  readonly #line: AgentLine;
  #acknowledged: string | undefined;
  #tag: string | undefined;
  #lastID = noID;
  #dueAt = 0;

  constructor(deps: AgentDeps) {
    this.#deps = deps;
    this.#line = new AgentLine(deps);
  }

  /** Runs until it is stopped. */
  async run(): Promise<void> {
    const { clock, chance, beatMs, retryMs } = this.#deps;
    const { signal } = this.#line;
    while (!signal.aborted) {
      this.#dueAt = clock.monotonic() + beatMs;
      const retryAfterMs = await this.#turn().catch(() => 0);
      const pauseMs = retryAfterMs === undefined ? 0 : retryAfterMs + chance.random() * retryMs;
      if (!signal.aborted && pauseMs > 0) await sleep(clock, pauseMs, signal).catch(() => undefined);
    }
  }

  /** Stops as if the droplet were off or gone. */
  stop(): void {
    this.#line.cut();
  }

  /** Undefined if all went well, else the shortest time to wait. */
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
    const { droplet } = this.#deps;
    if (droplet.conduct() === 'mute') return this.#deps.beatMs;
    if (droplet.disk()?.isRegistered) return undefined;
    const token = droplet.disk()?.token ?? newToken(this.#deps.chance);
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

  /** The answer that refused the call, if any. */
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
    const reportedID = this.#deps.droplet.conduct() === 'stale' ? this.#lastID : id;
    const config_id = reportedID === id && this.#acknowledged === id ? undefined : reportedID;
    this.#tag = etag;
    if (config_id === undefined) return undefined;
    const answer = await this.#line.call({
      method: 'POST',
      path: `${this.#path}/config_ack`,
      body: { config_id },
    });
    if (reportedID !== id) await this.#rest();
    if (answer.status !== 200) return this.#outdated(answer, reportedID === id);
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
    if (this.#msLeft > 0) await sleep(this.#deps.clock, this.#msLeft, this.#line.signal);
  }

  /** The report on the bootstrap, which takes no time here. */
  get #report(): object {
    return { bootstrap: { running: false, failed_steps: this.#deps.droplet.failedSteps() } };
  }

  /** Time until the next heartbeat is due. */
  get #msLeft(): number {
    return this.#dueAt - this.#deps.clock.monotonic();
  }

  get #path(): string {
    return `/v1/bot/${this.#deps.droplet.identity.botID}`;
  }
}
