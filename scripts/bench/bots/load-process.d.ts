import type { Rhythm } from './load-agent.ts';
import type { Identity, Notes, Target } from './load-protocol.ts';
/** Some of the agents, in a process of their own. */
export declare class LoadProcess {
  #private;
  constructor();
  /** Resolves when all have acknowledged their first config. */
  enrol(target: Target, agents: readonly Identity[], progress: (count: number) => void): Promise<void>;
  live(rhythm: Rhythm): void;
  move(target: Target): void;
  /** What happened since this was asked last. */
  notes(): Promise<Notes>;
  end(): void;
}
