import type { Chance } from '../../../ports/chance.ts';
import { type Clock, sleep } from '../../../ports/clock.ts';
import type { AgentConduct, AgentDisk } from './agent-state.ts';
import type { AgentConnections, ControlPlaneAnswer, ControlPlaneCall } from './control-plane-call.ts';

/** The droplet that an agent runs on. */
export interface AgentDroplet {
  readonly identity: AgentIdentity;
  conduct(): AgentConduct;
  /** Failed steps of its bootstrap. */
  failedSteps(): readonly string[];
  disk(): AgentDisk | undefined;
  write(disk: AgentDisk): void;
}

export interface AgentLineDeps {
  readonly droplet: AgentDroplet;
  readonly connections: AgentConnections;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** `waitMs`: how long the call asks the control plane to wait. */
export interface AgentCall extends Omit<ControlPlaneCall, 'url' | 'token' | 'signal'> {
  readonly path: string;
  readonly waitMs?: number;
}

const callMs = 30_000;
const slowMs = 5_000;

/** An agent's line to its control plane: one call at a time. */
export class AgentLine {
  readonly #deps: AgentLineDeps;
  readonly #cut = new AbortController();
  #url: string;
  /** Aborts the call under way. */
  #patience = new AbortController();

  constructor(deps: AgentLineDeps) {
    this.#deps = deps;
    this.#url = deps.droplet.identity.controlPlaneURL;
  }

  /** Aborted once the line is cut. */
  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  cut(): void {
    const off = new Error('the droplet is off');
    this.#cut.abort(off);
    this.#patience.abort(off);
  }

  moveTo(url: string): void {
    this.#url = url.replace(/\/+$/, '');
  }

  /** Calls with the agent's own token, or with an unknown one if the agent has forgotten its own. */
  call(call: AgentCall): Promise<ControlPlaneAnswer> {
    const { droplet, chance } = this.#deps;
    const token = droplet.conduct() === 'forgetful' ? newToken(chance) : (droplet.disk()?.token ?? '');
    return this.send(token, call);
  }

  /** Rejects if no whole answer arrives. */
  async send(token: string, { path, waitMs = 0, ...call }: AgentCall): Promise<ControlPlaneAnswer> {
    const { connections, clock, droplet } = this.#deps;
    if (droplet.conduct() === 'slow') await sleep(clock, slowMs, this.signal);
    this.signal.throwIfAborted();
    this.#patience = new AbortController();
    const { signal } = this.#patience;
    const cancel = clock.schedule(waitMs + callMs, () => this.#patience.abort(new Error('no answer came')));
    try {
      return await connections.call({ ...call, url: `${this.#url}${path}`, token, signal });
    } finally {
      cancel();
    }
  }
}

/** 256 bits in hex, like the script on a droplet makes them. */
export function newToken(chance: Chance): string {
  return Buffer.from(chance.bytes(32)).toString('hex');
}

/** What an agent reads from its droplet's user-data. */
interface AgentIdentity {
  readonly botID: string;
  readonly registrationToken: string;
  /** Without a slash at the end. */
  readonly controlPlaneURL: string;
}

/** Undefined if the user-data is not clawfleet's or names no control plane. */
export function agentIdentity(userData: string): AgentIdentity | undefined {
  const [botID, registrationToken, url] = ['BOT_ID', 'REGISTRATION_TOKEN', 'CONTROL_PLANE_URL'].map((name) =>
    exported(userData, name),
  );
  if (!botID || !registrationToken || !url) return undefined;
  return { botID, registrationToken, controlPlaneURL: url.replace(/\/+$/, '') };
}

/** The value of `export NAME='…'`; such values contain no quote. */
function exported(userData: string, name: string): string | undefined {
  return new RegExp(`^export ${name}='([^']*)'$`, 'm').exec(userData)?.[1];
}
