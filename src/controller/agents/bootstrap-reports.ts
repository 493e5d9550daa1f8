import { type BootstrapReport, isSameReport } from '../../model/agent-report.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Clock } from '../../ports/clock.ts';

interface Reported {
  readonly agentSHA256: string;
  readonly report: BootstrapReport;
}

/** A report that follows the last one of its bot sooner than this is ignored: a later beat brings it again. */
const paceMs = 10_000;

/**
 * What heartbeats report of their droplets' bootstraps, in memory until it is on record. A beat that repeats what is
 * stored costs one comparison. Any other beat requeues the bot, at most every ten seconds for an agent that keeps
 * changing its report.
 */
export class BootstrapReports {
  readonly #clock: Clock;
  readonly #call: (key: ResourceKey) => void;
  readonly #pending = new Map<ResourceKey, Reported>();
  /** When the last report was accepted; monotonic ms. */
  readonly #takenAt = new Map<ResourceKey, number>();

  /** `call`: the bot's agent reports what is not on record. */
  constructor(clock: Clock, call: (key: ResourceKey) => void) {
    this.#clock = clock;
    this.#call = call;
  }

  /** An agent, known by its token's hash, reports with a beat. */
  take({ key, status }: BotRecord, agentSHA256: string, report: BootstrapReport): void {
    const now = this.#clock.monotonic();
    if (now - (this.#takenAt.get(key) ?? Number.NEGATIVE_INFINITY) < paceMs) return;
    if (isSameReport(report, status.bootstrap)) {
      this.forget(key);
      return;
    }
    this.#takenAt.set(key, now);
    this.#pending.set(key, { agentSHA256, report });
    this.#call(key);
  }

  /** What this agent reported last and is not on record. */
  of(key: ResourceKey, agentSHA256: string | undefined): BootstrapReport | undefined {
    const pending = this.#pending.get(key);
    return pending?.agentSHA256 === agentSHA256 ? pending?.report : undefined;
  }

  /** The bot is stored as it is now. */
  stored({ key, status }: BotRecord): void {
    const pending = this.#pending.get(key);
    if (pending && isSameReport(pending.report, status.bootstrap)) this.#pending.delete(key);
  }

  forget(key: ResourceKey): void {
    this.#pending.delete(key);
    this.#takenAt.delete(key);
  }
}
