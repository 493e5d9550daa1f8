import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FaultRule } from './faults/fault-rule.ts';
import type { Settings } from './settings.ts';

/** A token that the simulated API accepts. */
export interface SimulatorToken {
  readonly token: string;
  /** Scopes such as `droplet:read`; all of them when left out. */
  readonly scopes?: readonly string[];
  /** Whose it is; `owner` when left out. Two people of one team have one account and two user uuids. */
  readonly user?: string;
  /** The team it works for; `main` when left out. Another one has another account, empty at first. */
  readonly team?: string;
}

export interface SimulatorProject {
  /** A UUID; made when left out. */
  readonly id?: string;
  readonly name: string;
}

export interface SimulatorOptions {
  /** The simulated cloud's time runs on the monotonic reading; the wall clock is read once, at start. */
  readonly clock: Clock;
  /** Decides every probability below; a seeded one makes a run repeat exactly. */
  readonly chance: Chance;
  /** What departs from DEFAULT_SETTINGS. */
  readonly settings?: Partial<Settings>;
  /** The only tokens accepted; any bearer token, with all scopes, when left out. */
  readonly tokens?: readonly SimulatorToken[];
  /** The main team's uuid when the state file does not name one; made when left out. */
  readonly accountUUID?: string;
  /** Projects beside the default one. */
  readonly projects?: readonly SimulatorProject[];
  /** Faults ordered from the start; more can be ordered at any time. */
  readonly faults?: readonly FaultRule[];
  /** Where the cloud's content is kept over restarts; in memory only when left out. */
  readonly file?: string;
  /** Where every journal entry is appended as a line of JSON. */
  readonly journalFile?: string;
  /** How many journal entries are kept in memory; 10,000 when left out. Counters are never cut. */
  readonly journalCapacity?: number;
}
