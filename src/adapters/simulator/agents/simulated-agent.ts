import type { Chance } from '../../../ports/chance.ts';
import { type Clock, sleep } from '../../../ports/clock.ts';
import type { AgentIdentity } from './agent-identity.ts';
import type { AgentConduct, AgentDisk } from './agent-state.ts';
import type { Connections, ControlPlaneAnswer, ControlPlaneCall } from './control-plane-call.ts';

/** The droplet that an agent runs on. */
export interface AgentDroplet {
  readonly identity: AgentIdentity;
  conduct(): AgentConduct;
  disk(): AgentDisk | undefined;
  write(disk: AgentDisk): void;
}

export interface AgentParts {
  readonly droplet: AgentDroplet;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Between two heartbeats. */
  readonly beatMs: number;
  /** Failed calls are repeated after up to so long. */
  readonly retryMs: number;
}

type Call = Omit<ControlPlaneCall, 'url' | 'token' | 'signal'> & {
  readonly path: string;
  readonly waitMs?: number;
};

const callMs = 30_000;
const slowMs = 5_000;
/** Such an id is never issued. */
const noID = '0-none';

/**
 * Does over HTTP what the agent of the bootstrap script does: registers, beats, follows its config by long poll and
 * acknowledges it; as badly as its droplet's conduct says.
 */
export class SimulatedAgent {
  readonly #parts: AgentParts;
  readonly #stop = new AbortController();
  #url: string;
  #acknowledged: string | undefined;
  #tag: string | undefined;
  #lastID = noID;
  #dueAt = 0;
  /** For the one call under way. */
  #patience = new AbortController();

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#url = parts.droplet.identity.controlPlaneURL;
  }

  /** Until it is stopped. */
  async run(): Promise<void> {
    const { clock, chance, beatMs, retryMs } = this.#parts;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#dueAt = clock.monotonic() + beatMs;
      const retryAfterMs = await this.#turn().catch(() => 0);
      const pauseMs = retryAfterMs === undefined ? 0 : retryAfterMs + chance.random() * retryMs;
      if (!signal.aborted && pauseMs > 0) await sleep(clock, pauseMs, signal).catch(() => undefined);
    }
  }

  /** The droplet is off, or gone. */
  stop(): void {
    const off = new Error('the droplet is off');
    this.#stop.abort(off);
    this.#patience.abort(off);
  }

  /** Undefined when all went well, else how long to wait at least. */
  async #turn(): Promise<number | undefined> {
    const registered = await this.#register();
    if (registered !== undefined) return registered;
    const beat = await this.#call({ method: 'POST', path: `${this.#path}/heartbeat`, body: {} });
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
    const token = droplet.disk()?.token ?? this.#newToken();
    droplet.write({ token, isRegistered: false });
    const { botID, registrationToken } = droplet.identity;
    const body = { bot_id: botID, agent_token: token };
    const answer = await this.#send(registrationToken, { method: 'POST', path: '/v1/bot/register', body });
    if (answer.status !== 200) return answer.retryAfterMs;
    droplet.write({ token, isRegistered: true });
    return undefined;
  }

  /** The answer that refused, if one did. */
  async #follow(): Promise<ControlPlaneAnswer | undefined> {
    const seconds = Math.max(1, Math.ceil(this.#msLeft / 1_000));
    const answer = await this.#call({
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
    if (typeof url === 'string') this.#url = url.replace(/\/+$/, '');
    const told = this.#parts.droplet.conduct() === 'stale' ? this.#lastID : id;
    const config_id = told === id && this.#acknowledged === id ? undefined : told;
    this.#tag = etag;
    if (config_id === undefined) return undefined;
    const answer = await this.#call({
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

  async #call(call: Call): Promise<ControlPlaneAnswer> {
    const { droplet } = this.#parts;
    const token = droplet.conduct() === 'forgetful' ? this.#newToken() : (droplet.disk()?.token ?? '');
    return this.#send(token, call);
  }

  async #send(token: string, { path, waitMs = 0, ...call }: Call): Promise<ControlPlaneAnswer> {
    const { connections, clock, droplet } = this.#parts;
    if (droplet.conduct() === 'slow') await sleep(clock, slowMs, this.#stop.signal);
    this.#stop.signal.throwIfAborted();
    this.#patience = new AbortController();
    const { signal } = this.#patience;
    const cancel = clock.schedule(waitMs + callMs, () => this.#patience.abort(new Error('no answer came')));
    try {
      return await connections.call({ ...call, url: `${this.#url}${path}`, token, signal });
    } finally {
      cancel();
    }
  }

  async #rest(): Promise<void> {
    if (this.#msLeft > 0) await sleep(this.#parts.clock, this.#msLeft, this.#stop.signal);
  }

  /** Until the next beat is due. */
  get #msLeft(): number {
    return this.#dueAt - this.#parts.clock.monotonic();
  }

  get #path(): string {
    return `/v1/bot/${this.#parts.droplet.identity.botID}`;
  }

  /** 256 bits. */
  #newToken(): string {
    return Buffer.from(this.#parts.chance.bytes(32)).toString('hex');
  }
}
