/** What can be set about the engine; times in milliseconds. */
export interface EngineSettings {
  /** Passes at the same time. */
  readonly workers: number;
  /** Droplets in creation at the same time, from POST to active, doubtful ones included. */
  readonly maxConcurrentCreates: number;
  /** How long a create in doubt is looked for before it counts as not happened. */
  readonly settlingWindowMs: number;
  /** Between the two 404s that prove a loss. */
  readonly absenceWindowMs: number;
  /** How long a guest has to shut down before its power is cut. */
  readonly shutdownGraceMs: number;
  /** Shortest interval between two polls of droplets on their way. */
  readonly pollIntervalMs: number;
  /** Shortest interval between two whole listings while nothing is on its way. */
  readonly sweepIntervalMs: number;
  /** Age from which an orphan may be deleted. */
  readonly orphanGraceMs: number;
  readonly orphans: 'report' | 'delete';
  /** For the bots’ user-data; undefined when no bot API is served (--no-bot-api). */
  readonly controlPlaneURL: string | undefined;
  /** How agents are dealt with; undefined when no bot API is served. */
  readonly agents: AgentSettings | undefined;
  /** Why nothing may be created at all, such as a missing --control-plane-url; undefined when it may. */
  readonly createsForbidden: string | undefined;
}

/** What can be set about the bots' agents; times in milliseconds. */
export interface AgentSettings {
  /** How long a registration token may be redeemed, from the first sight of the active droplet. */
  readonly registrationTokenLife: number;
}

export const defaultSettings: EngineSettings = {
  workers: 64,
  maxConcurrentCreates: 10,
  settlingWindowMs: 120_000,
  absenceWindowMs: 30_000,
  shutdownGraceMs: 60_000,
  pollIntervalMs: 3_000,
  sweepIntervalMs: 10_000,
  orphanGraceMs: 600_000,
  orphans: 'report',
  controlPlaneURL: undefined,
  agents: undefined,
  createsForbidden: undefined,
};

/** An order leaves within this time of what it rests on, or not at all: HARD-CASES.md#the-attempt. */
export const leaveWithinMs = 5_000;
