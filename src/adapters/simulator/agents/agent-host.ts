import type { Chance } from '../../../ports/chance.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Machine, SimulatedCloud } from '../simulated-cloud.ts';
import { agentIdentity } from './agent-line.ts';
import { AgentConnections } from './control-plane-call.ts';
import { SimulatedAgent } from './simulated-agent.ts';

/** How late an agent may start or stop after its droplet. */
const tickMs = 100;

interface Running {
  readonly agent: SimulatedAgent;
  readonly done: Promise<void>;
  /** The droplet's reboots when the agent started. */
  readonly reboots: number;
}

/** Runs an agent for each droplet that is on and whose user-data names a control plane. */
export class AgentHost {
  readonly #simulator: SimulatedCloud;
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #connections = new AgentConnections();
  readonly #agents = new Map<number, Running>();
  readonly #ending = new Set<Promise<void>>();
  readonly #touched = new Set<number>();
  readonly #unlisten: () => void;
  #cancel: Cancel = () => undefined;

  constructor(simulator: SimulatedCloud, clock: Clock, chance: Chance) {
    this.#simulator = simulator;
    this.#clock = clock;
    this.#chance = chance;
    for (const { id } of simulator.droplets()) this.#touched.add(id);
    this.#unlisten = simulator.onTouched((id) => this.#touched.add(id));
    this.#tick();
  }

  /** How many agents are running. */
  get size(): number {
    return this.#agents.size;
  }

  /** Resolves once no agent sends calls any more. */
  async stop(): Promise<void> {
    this.#cancel();
    this.#unlisten();
    for (const id of [...this.#agents.keys()]) this.#end(id);
    await Promise.all(this.#ending);
    this.#connections.close();
  }

  /** Asks the simulator for the time: only then does due time take effect there. */
  #tick(): void {
    this.#simulator.now();
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const id of touched) this.#update(id);
    this.#cancel = this.#clock.schedule(tickMs, () => this.#tick());
  }

  #update(id: number): void {
    const machine = this.#simulator.machine(id);
    const isOn = machine?.status === 'active' && machine.conduct !== 'dead';
    if (!isOn || this.#agents.get(id)?.reboots !== machine.reboots) this.#end(id);
    if (isOn && !this.#agents.has(id)) this.#begin(id, machine);
  }

  #begin(id: number, { userData, reboots }: Machine): void {
    const identity = agentIdentity(userData);
    if (!identity) return;
    const simulator = this.#simulator;
    const agent = new SimulatedAgent({
      droplet: {
        identity,
        conduct: () => simulator.machine(id)?.conduct ?? 'dead',
        failedSteps: () => simulator.machine(id)?.failedSteps ?? [],
        disk: () => simulator.machine(id)?.disk,
        write: (disk) => simulator.writeDisk(id, disk),
      },
      connections: this.#connections,
      clock: this.#clock,
      chance: this.#chance,
      beatMs: simulator.settings.agentBeatMs,
      retryMs: simulator.settings.agentRetryMs,
    });
    this.#agents.set(id, { agent, done: agent.run(), reboots });
  }

  #end(id: number): void {
    const running = this.#agents.get(id);
    if (!running) return;
    this.#agents.delete(id);
    running.agent.stop();
    this.#ending.add(running.done);
    void running.done.then(() => this.#ending.delete(running.done));
  }
}
