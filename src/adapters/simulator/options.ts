import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FaultRule } from './faults/fault-rule.ts';
import type { Settings } from './settings.ts';

/** A token that the simulated API accepts. */
export interface SimulatorToken {
  readonly token: string;
  /** Scopes such as `droplet:read`; all if left out. */
  readonly scopes?: readonly string[];
  /** Its owner; `owner` if left out. Two people of one team have one account and two user uuids. */
  readonly user?: string;
  /** Its team; `main` if left out. Another team has another account, empty at first. */
  readonly team?: string;
}

export interface SimulatorProject {
  /** A UUID; generated if left out. */
  readonly id?: string;
  readonly name: string;
}

export interface SimulatorOptions {
  /** The simulated cloud's time follows the monotonic reading; the wall clock is read once, at the start. */
  readonly clock: Clock;
  /** Decides every random outcome; a seeded one makes a run repeat exactly. */
  readonly chance: Chance;
  /** Overrides of `defaultSettings`. */
  readonly settings?: Partial<Settings>;
  /** The only accepted tokens; if left out, any bearer token with all scopes. */
  readonly tokens?: readonly SimulatorToken[];
  /** The main team's uuid if the state file names none; generated if left out. */
  readonly accountUUID?: string;
  /** Projects besides the default one. */
  readonly projects?: readonly SimulatorProject[];
  /** Faults ordered from the start; more can be ordered at any time. */
  readonly faults?: readonly FaultRule[];
  /** Where the cloud's content is kept across restarts; only in memory if left out. */
  readonly file?: string;
  /** A file to which every journal entry is appended as a line of JSON. */
  readonly journalFile?: string;
  /** How many journal entries are kept in memory; 10,000 if left out. Counts cover all requests. */
  readonly journalCapacity?: number;
}
