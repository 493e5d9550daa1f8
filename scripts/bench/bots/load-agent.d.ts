import type { Identity, Target } from './load-protocol.ts';
import type { Notebook } from './notebook.ts';
export interface Rhythm {
  readonly beatMs: number;
  /** After a failure it is tried again within so long. */
  readonly retryMs: number;
}
/** An agent as the droplets' own: beats, and waits for its config by long poll in between; on one connection. */
export declare class LoadAgent {
  #private;
  constructor(identity: Identity, target: Target, notes: Notebook);
  /** Registers, and acknowledges its first config. */
  enrol(): Promise<void>;
  /** Beats first at a time of its own, so that not all beat at once; never ends. */
  live({ beatMs, retryMs }: Rhythm): Promise<never>;
  move(target: Target): void;
}
