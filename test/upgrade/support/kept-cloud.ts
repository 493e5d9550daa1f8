import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentHost } from '../../../src/adapters/simulator/agents/agent-host.ts';
import { serveSimulator } from '../../../src/adapters/simulator/serve-simulator.ts';
import { instantSettings } from '../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { patiently } from '../../adapters/kubernetes/support/patiently.ts';
import { temporaryDirectory } from '../../lab/temporary-directory.ts';

/** The simulated cloud of a fixture, with its droplets and their agents as they were. */
export class KeptCloud {
  readonly simulator: Simulator;
  readonly url: string;
  readonly #end: () => Promise<void>;

  /** `lines`: what the simulator of that release kept in its state file. */
  static async open(lines: string): Promise<KeptCloud> {
    const file = join(temporaryDirectory('cloud'), 'cloud.jsonl');
    writeFileSync(file, lines);
    const settings = { ...instantSettings, bootMs: 50, actionMs: 20, agentBeatMs: 500, agentRetryMs: 200 };
    const simulator = new Simulator({ clock: systemClock, chance: seededChance(1), settings, file });
    const served = await serveSimulator(simulator);
    const agents = new AgentHost(simulator, systemClock, seededChance(2));
    return new KeptCloud(simulator, served.url, async () => {
      await agents.stop();
      await served.close();
      simulator.close();
    });
  }

  private constructor(simulator: Simulator, url: string, end: () => Promise<void>) {
    this.simulator = simulator;
    this.url = url;
    this.#end = end;
  }

  /** Every call that asked for a change, as `DELETE /v2/droplets/7`, in order. */
  changes(): readonly string[] {
    return this.simulator.journal
      .entries()
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** Resolves once somebody asks for the droplets. */
  async listed(): Promise<void> {
    const route = 'GET /v2/droplets';
    await patiently('the droplets are listed', () => this.simulator.journal.entries({ route }).length > 0);
  }

  close(): Promise<void> {
    return this.#end();
  }
}
