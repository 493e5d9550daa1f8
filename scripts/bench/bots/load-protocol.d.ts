/** Which bot an agent speaks for, and what it may register by. */
export interface Identity {
  readonly botID: string;
  readonly registrationToken: string;
}
/** Where agents call: a port of the loopback; by TLS under the authority `ca` (PEM), plainly without. */
export interface Target {
  readonly port: number;
  readonly ca?: string;
}
/** What the process of the agents is told to do. */
export type Order =
  /** Registers these agents, each of which fetches its config and acknowledges it. */
  | {
      readonly order: 'enrol';
      readonly target: Target;
      readonly agents: readonly Identity[];
    }
  /** From now on each beats every `beatMs` and waits for its config in between. */
  | {
      readonly order: 'live';
      readonly beatMs: number;
      readonly retryMs: number;
    }
  /** All call here from now on; what is connected elsewhere is cut. */
  | {
      readonly order: 'move';
      readonly target: Target;
    }
  /** Tells what happened since it was last told. */
  | {
      readonly order: 'tell';
    };
export type Word =
  | {
      readonly word: 'enrolled';
      readonly count: number;
    }
  | {
      readonly word: 'notes';
      readonly notes: Notes;
    };
/** Bot, id of a config, and when (epoch ms). */
export type ConfigNote = readonly [botID: string, configID: string, at: number];
/** What happened to some agents. */
export interface Notes {
  /** Each heartbeat that was answered well: the bot, and ms from the call to the whole answer. */
  readonly beats: readonly (readonly [botID: string, ms: number])[];
  readonly delivered: readonly ConfigNote[];
  /** The answer had come: durable. */
  readonly acknowledged: readonly ConfigNote[];
  /** Calls that failed, by what came of them. */
  readonly failures: Readonly<Record<string, number>>;
}
