import type { BotSpec } from '../../../src/model/bot-spec.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import { ControllerProcess } from '../../lab/controller-process.ts';
import type { Lab } from '../../lab/lab.ts';
import { Agents } from './agents.ts';
/** Bots declared in a directory, their simulated droplets, and the agents that speak for them. */
export declare class BotFleet {
  #private;
  readonly count: number;
  readonly agents: Agents;
  /** Where bots call, whichever controller runs. */
  readonly port: number;
  private constructor();
  /** Resolves when all are Ready: registered, with their config acknowledged, and heard. */
  static enrolled(lab: Lab, count: number): Promise<BotFleet>;
  get controller(): ControllerProcess;
  bots(): readonly BotRecord[];
  /** Bots of which an event says that they fell silent, at any time. */
  stale(): Promise<number>;
  /** Declares the same change of every bot. */
  change(spec: Partial<BotSpec>): void;
  /** The controller dies as by `kill -9`; another one takes its place. */
  failover(): Promise<void>;
  /** The controller ends in peace; another one, with further flags, takes its place. */
  replace(more: readonly string[]): Promise<void>;
  ready(): Promise<void>;
}
