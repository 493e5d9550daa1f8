import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AgentHost } from '../adapters/simulator/agents/agent-host.ts';
import { serveSimulator } from '../adapters/simulator/serve-simulator.ts';
import { Simulator } from '../adapters/simulator/simulator.ts';
import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { SimulatedCloudConfig } from '../config/cloud-config.ts';
import type { RateLimit } from '../config/rate-limit.ts';

export interface SimulatorEndpointOptions {
  readonly rateLimit: RateLimit | undefined;
  /** Whether each droplet that is on runs its agent. */
  readonly agents: boolean;
}

export interface SimulatorEndpoint {
  readonly url: string;
  /** Names the simulated cloud whatever port it listens at. */
  readonly identityURL: string;
  close(): Promise<void>;
}

const identityURL = 'simulator://built-in';
const answerWithinMs = 1_000;

/**
 * The built-in simulator that belongs to a state file: the one a running controller serves, else one started here.
 * Its droplets are kept in a file beside the state, so that stopping and starting again changes nothing.
 */
export async function simulatorEndpoint(
  stateFile: string,
  cloud: SimulatedCloudConfig,
  { rateLimit, agents }: SimulatorEndpointOptions,
): Promise<SimulatorEndpoint> {
  const note = `${stateFile}.simulator-url`;
  const running = await runningAt(note);
  if (running !== undefined) return { url: running, identityURL, close: async () => {} };
  mkdirSync(dirname(stateFile), { recursive: true });
  const simulator = new Simulator({
    clock: systemClock,
    chance: systemChance,
    settings: { ...settingsOf(cloud), ...limitsOf(rateLimit) },
    file: `${stateFile}.simulator.jsonl`,
  });
  const served = await serveSimulator(simulator);
  writeFileSync(note, `${served.url}\n`);
  const host = agents ? new AgentHost(simulator, systemClock, systemChance) : undefined;
  const close = async () => {
    rmSync(note, { force: true });
    await host?.stop();
    await served.close();
    simulator.close();
  };
  return { url: served.url, identityURL, close };
}

function settingsOf({ bootMs, actionMs, dropletLimit }: SimulatedCloudConfig) {
  return {
    ...(bootMs !== undefined && { bootMs }),
    ...(actionMs !== undefined && { actionMs }),
    ...(dropletLimit !== undefined && { dropletLimit }),
  };
}

/** The limits given to the controller hold for its simulator too; 0 means no limit. */
function limitsOf(rateLimit: RateLimit | undefined) {
  return { minuteLimit: rateLimit?.perMinute ?? 0, hourlyLimit: rateLimit?.perHour ?? 0 };
}

/** The URL in the note, when a simulator still answers there. */
async function runningAt(note: string): Promise<string | undefined> {
  try {
    const url = readFileSync(note, 'utf8').trim();
    const answer = await fetch(`${url}/_simulator/settings`, { signal: AbortSignal.timeout(answerWithinMs) });
    return answer.ok ? url : undefined;
  } catch {
    return undefined; // No note, or nobody there: the caller starts one.
  }
}
