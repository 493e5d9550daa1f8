import type { Lab } from '../../lab/lab.ts';
import type { Rhythm } from './load-agent.ts';
import type { Identity, Notes, Target } from './load-protocol.ts';
/** All agents of a fleet, in processes of their own. */
export declare class Agents {
  #private;
  /** End with the lab. */
  constructor(lab: Lab);
  /** Resolves when all are registered and have acknowledged their first config. */
  enrol(target: Target, identities: readonly Identity[]): Promise<void>;
  live(rhythm: Rhythm): void;
  move(target: Target): void;
  /** What happened since this was asked last. */
  notes(): Promise<Notes>;
}
