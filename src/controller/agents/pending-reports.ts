import type { Report, ReportAnswer } from '../../model/agent-report.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { PortError } from '../../ports/port-error.ts';

/** A report that waits for its consequence to be durable. */
export interface PendingReport {
  readonly report: Report;
  readonly resolve: (answer: ReportAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Reports of one bot that may wait at once: an agent has no reason to send more. */
const mostOfABot = 8;

/** Reports of agents, each until a pass over its bot has stored what follows from it. */
export class PendingReports {
  readonly #waiting = new Map<ResourceKey, PendingReport[]>();
  readonly #call: (key: ResourceKey) => void;

  /** `call`: an agent waits for a pass over its bot. */
  constructor(call: (key: ResourceKey) => void) {
    this.#call = call;
  }

  /** As `AgentBackend.report`. */
  submit(key: ResourceKey, report: Report, signal: AbortSignal): Promise<ReportAnswer> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const waiting = this.#waiting.get(key) ?? [];
    if (waiting.length >= mostOfABot) return Promise.reject(unavailable('too many reports of the bot wait'));
    return new Promise((resolve, reject) => {
      const pending: PendingReport = { report, resolve, reject };
      this.#waiting.set(key, [...waiting, pending]);
      signal.addEventListener('abort', () => this.#withdraw(key, pending, signal.reason), { once: true });
      this.#call(key);
    });
  }

  /** The reports that wait now, oldest first. */
  of(key: ResourceKey): readonly PendingReport[] {
    return this.#waiting.get(key) ?? [];
  }

  /** Answers each report; what was decided about it is durable. */
  answer(key: ResourceKey, reports: readonly PendingReport[], answers: readonly ReportAnswer[]): void {
    this.#remove(key, reports);
    for (const [index, { resolve }] of reports.entries()) {
      const answer = answers[index];
      if (answer) resolve(answer);
    }
  }

  /** The bot is gone: no agent can speak for it. */
  forget(key: ResourceKey): void {
    const reports = this.of(key);
    this.answer(
      key,
      reports,
      reports.map(() => ({ kind: 'refused', reason: 'unauthorised' })),
    );
  }

  /** This process can no longer store anything. */
  close(): void {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { reject } of all) reject(unavailable('this process no longer leads'));
  }

  #withdraw(key: ResourceKey, pending: PendingReport, reason: unknown): void {
    this.#remove(key, [pending]);
    pending.reject(reason);
  }

  #remove(key: ResourceKey, reports: readonly PendingReport[]): void {
    const left = this.of(key).filter((pending) => !reports.includes(pending));
    if (left.length > 0) this.#waiting.set(key, left);
    else this.#waiting.delete(key);
  }
}

function unavailable(message: string): PortError {
  return new PortError({ kind: 'unavailable' }, message);
}
