import { adminRoutes } from '../adapters/simulator/admin/admin-routes.ts';
import { simulatorHelp } from '../adapters/simulator/admin/simulator-help.ts';
import { AgentHost } from '../adapters/simulator/agents/agent-host.ts';
import type { SimulatorOptions } from '../adapters/simulator/options.ts';
import { serveSimulator } from '../adapters/simulator/serve-simulator.ts';
import { Simulator } from '../adapters/simulator/simulator.ts';
import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { ListenAddress } from '../config/listen-address.ts';

export interface Simulation {
  readonly url: string;
  stop(): Promise<void>;
}

/** What can be ordered of a simulator while it runs, for a terminal. */
export const simulationHelp: string = simulatorHelp(adminRoutes);

/** Serves a simulated DigitalOcean with an agent on each droplet that is on. Throws when it cannot listen there. */
export async function serveSimulation(
  options: SimulatorOptions,
  address: ListenAddress,
): Promise<Simulation> {
  const simulator = new Simulator(options);
  const served = await serveSimulator(simulator, address).catch((error: unknown) => {
    simulator.close();
    throw error;
  });
  const agents = new AgentHost(simulator, systemClock, systemChance);
  return {
    url: served.url,
    async stop() {
      await agents.stop();
      await served.close();
      simulator.close();
    },
  };
}
