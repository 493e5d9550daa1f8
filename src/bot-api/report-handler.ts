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
  readonly desk: AgentBackend;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly leader: () => string | undefined;
}

/** A report that is not stored within this time is answered so; it may be stored all the same. */
const reportMs = 10_000;
const agentTokenForm = /^[\x21-\x7e]{32,256}$/;
const timedOut = Symbol('timed out');

/** Hands agents' reports to the engine, once it is clear who speaks, and waits until they are durable. */
export class ReportHandler {
  readonly #parts: ReportHandlerDeps;

  constructor(parts: ReportHandlerDeps) {
    this.#parts = parts;
  }

  async register(call: RegisterCall): Promise<Registered | Refused> {
    const { desk, chance } = this.#parts;
    if (!desk.leads()) return this.#notLeading();
    const holder = holderOfToken(desk, shownBy(call));
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
    const bootstrap = toldBootstrap(call.bootstrap);
    const report = { kind: 'register', registrationSHA256, agentSHA256, bootstrap } as const;
    const refusal = await this.#handIn(bot.key, report);
    return refusal ?? registered;
  }

  async acknowledge(call: AcknowledgeCall): Promise<Acknowledged | Refused> {
    const { desk } = this.#parts;
    if (!desk.leads()) return this.#notLeading();
    const agent = authenticate(desk, shownBy(call));
    if (!agent) return unauthorised;
    const { bot, shownSHA256: agentSHA256 } = agent;
    const { configID } = call;
    const acknowledged: Acknowledged = { kind: 'acknowledged', configID };
    const { desiredConfig, appliedConfig } = bot.status;
    const isStored = desiredConfig?.id === configID && appliedConfig?.id === configID;
    if (isStored && !isEnding(bot)) return acknowledged;
    return (await this.#handIn(bot.key, { kind: 'acknowledge', agentSHA256, configID })) ?? acknowledged;
  }

  /** Undefined once the report is taken in and stored. */
  async #handIn(key: ResourceKey, report: Report): Promise<Refused | undefined> {
    const { desk, clock } = this.#parts;
    const patience = new AbortController();
    const cancel = clock.schedule(reportMs, () => patience.abort(timedOut));
    try {
      const answer = await desk.report(key, report, patience.signal);
      return answer.kind === 'refused' ? answer : undefined;
    } catch (error) {
      if (error !== timedOut && !faultOf(error)) throw error;
      return desk.leads() ? unavailable : this.#notLeading();
    } finally {
      cancel();
    }
  }

  #notLeading(): Refused {
    return notLeading(this.#parts.leader());
  }
}

/**
 * An agent's report as it may be kept and shown to people: of each step's name only letters, digits, space and `._+-`
 * (others become `_`), 64 characters; no name twice, none empty, 32 at most. Undefined where there is no report.
 */
export function toldBootstrap(told: BootstrapReport | undefined): BootstrapReport | undefined {
  if (!told) return undefined;
  const names = told.failedSteps.map(plain).filter((name) => name !== '');
  return { running: told.running, failedSteps: [...new Set(names)].slice(0, mostFailedSteps) };
}

function plain(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9 ._+-]/g, '_')
    .trim()
    .slice(0, longestStepName);
}
