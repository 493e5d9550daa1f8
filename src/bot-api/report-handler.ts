import { newToken, tokenHash } from '../kit/token.ts';
import {
  type BootstrapReport,
  longestStepName,
  mostFailedSteps,
  type Report,
} from '../model/agent-report.ts';
import { isEnding } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import { faultOf } from '../ports/port-error.ts';
import type { AcknowledgeCall, Acknowledged, Refused, RegisterCall, Registered } from './bot-api.ts';
import { authenticate, holderOfToken, shownBy } from './credentials.ts';
import { impossible, notLeading, unauthorised, unavailable } from './refusals.ts';

export interface ReportHandlerDeps {
  readonly backend: AgentBackend;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly leader: () => string | undefined;
}

/** A report that is not stored within this time is answered `unavailable`; it may still be stored later. */
const reportMs = 10_000;
const agentTokenForm = /^[\x21-\x7e]{32,256}$/;
const timedOut = Symbol('timed out');

/** Authenticates agents' reports, hands them to the engine and waits until they are durable. */
export class ReportHandler {
  readonly #deps: ReportHandlerDeps;

  constructor(deps: ReportHandlerDeps) {
    this.#deps = deps;
  }

  async register(call: RegisterCall): Promise<Registered | Refused> {
    const { backend, chance } = this.#deps;
    if (!backend.leads()) return this.#notLeading();
    const holder = holderOfToken(backend, shownBy(call));
    if (!holder) return unauthorised;
    if (call.agentToken !== undefined && !agentTokenForm.test(call.agentToken))
      return impossible('agent_token must have 32 to 256 visible ASCII characters.');
    const made = call.agentToken === undefined ? newToken(chance) : undefined;
    const agentSHA256 = tokenHash(call.agentToken ?? made ?? '');
    const registered: Registered = {
      kind: 'registered',
      botID: call.botID,
      ...(made !== undefined && { agentToken: made }),
    };
    const { bot, shownSHA256: registrationSHA256 } = holder;
    const agent = bot.status.registration?.agent;
    const isSamePair = agent?.sha256 === agentSHA256 && agent.registrationSHA256 === registrationSHA256;
    if (isSamePair && !isEnding(bot)) return registered;
    const bootstrap = cleanedReport(call.bootstrap);
    const report = { kind: 'register', registrationSHA256, agentSHA256, bootstrap } as const;
    const refusal = await this.#handIn(bot.key, report);
    return refusal ?? registered;
  }

  async acknowledge(call: AcknowledgeCall): Promise<Acknowledged | Refused> {
    const { backend } = this.#deps;
    if (!backend.leads()) return this.#notLeading();
    const agent = authenticate(backend, shownBy(call));
    if (!agent) return unauthorised;
    const { bot, shownSHA256: agentSHA256 } = agent;
    const { configID } = call;
    const acknowledged: Acknowledged = { kind: 'acknowledged', configID };
    const { desiredConfig, appliedConfig } = bot.status;
    const isStored = desiredConfig?.id === configID && appliedConfig?.id === configID;
    if (isStored && !isEnding(bot)) return acknowledged;
    return (await this.#handIn(bot.key, { kind: 'acknowledge', agentSHA256, configID })) ?? acknowledged;
  }

  /** Undefined once the report is stored. */
  async #handIn(key: ResourceKey, report: Report): Promise<Refused | undefined> {
    const { backend, clock } = this.#deps;
    const patience = new AbortController();
    const cancel = clock.schedule(reportMs, () => patience.abort(timedOut));
    try {
      const answer = await backend.report(key, report, patience.signal);
      return answer.kind === 'refused' ? answer : undefined;
    } catch (error) {
      if (error !== timedOut && !faultOf(error)) throw error;
      return backend.leads() ? unavailable : this.#notLeading();
    } finally {
      cancel();
    }
  }

  #notLeading(): Refused {
    return notLeading(this.#deps.leader());
  }
}

/**
 * An agent's report made fit to be kept and shown to people: each step's name has only letters,
 * digits, space and `._+-` (others become `_`) and at most 64 characters; at most 32 names, none empty,
 * none twice. Undefined if there is no report.
 */
export function cleanedReport(report: BootstrapReport | undefined): BootstrapReport | undefined {
  if (!report) return undefined;
  const names = report.failedSteps.map(plain).filter((name) => name !== '');
  return { running: report.running, failedSteps: [...new Set(names)].slice(0, mostFailedSteps) };
}

function plain(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9 ._+-]/g, '_')
    .trim()
    .slice(0, longestStepName);
}
