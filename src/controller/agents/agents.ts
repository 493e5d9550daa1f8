import { isListenedFor } from '../../decide/agent/health.ts';
import type { Remediation } from '../../decide/effect.ts';
import type { Admission, AgentObservation, ConfigObservation } from '../../decide/input.ts';
import { agentHashOf } from '../../model/agent-credentials.ts';
import type { BootstrapReport, Report } from '../../model/agent-report.ts';
import { type BotRecord, isEnding } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { heartbeatTimeoutOf } from '../../model/spec/bot-spec.ts';
import { conditionOf } from '../../model/spec/condition.ts';
import { faultOf } from '../../ports/port-error.ts';
import { noSecretBox } from '../../ports/secret-box.ts';
import type { EngineParts } from '../parts.ts';
import type { Priority } from '../queue/work-queue.ts';
import type { AgentSettings } from '../settings.ts';
import { BootstrapReports } from './bootstrap-reports.ts';
import { BotConfigs } from './bot-configs.ts';
import { type Expected, HeartbeatMonitor } from './heartbeat-monitor.ts';
import { PendingReports } from './pending-reports.ts';
import { RemediationSlots } from './remediation-slots.ts';
import { SilenceStore } from './silence-store.ts';

/** At shutdown, a stored time that is no older than this is good enough. */
const freshMs = 60_000;
/** Writes at once: a source shares a commit among them, or sends so many requests at a time. */
const atOnce = 64;

/** What this pass knows of the agent. */
export interface AgentKnowledge {
  readonly reports: readonly Report[];
  readonly config: ConfigObservation | undefined;
}

/** All that the engine keeps about the bots' agents; there is none where no bot API is served. */
export class Agents {
  readonly reports: PendingReports;
  readonly heartbeats: HeartbeatMonitor;
  readonly configs: BotConfigs;
  readonly #bootstraps: BootstrapReports;
  readonly #remediations: RemediationSlots;
  readonly #silence: SilenceStore;
  readonly #parts: EngineParts;
  readonly #settings: AgentSettings;
  readonly #listeners = new Set<(bot: BotRecord) => void>();

  constructor(
    parts: EngineParts,
    settings: AgentSettings,
    call: (key: ResourceKey, priority?: Priority) => void,
  ) {
    const { source, clock, chance, secretBox = noSecretBox } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.reports = new PendingReports((key) => call(key, 'asked'));
    this.configs = new BotConfigs(source, chance, secretBox);
    this.heartbeats = new HeartbeatMonitor({ clock, call, onSilence: () => this.#silence.changed() });
    this.#bootstraps = new BootstrapReports(clock, call);
    this.#remediations = new RemediationSlots(() => [...source.bots()].length);
    const { heartbeats } = this;
    const count = () => ({ silent: heartbeats.silentTogether, listened: heartbeats.size });
    this.#silence = new SilenceStore({ ...parts, count });
  }

  /** Takes over the bot as the source has it now. */
  update(bot: BotRecord): void {
    this.#remediations.recall(bot, this.#parts.clock.now());
    const expected = isListenedFor(bot) ? expectedOf(bot) : undefined;
    const isTogether = this.#parts.source.fleet().state.silence !== undefined;
    if (expected) this.heartbeats.listen(bot.key, expected, isTogether);
    else this.heartbeats.ignore(bot.key, bot.status.droplet?.status === 'off');
  }

  /** As `AgentBackend.beat`. */
  beat(key: ResourceKey, agentSHA256: string, bootstrap: BootstrapReport | undefined): void {
    this.heartbeats.beat(key, agentSHA256);
    const bot = bootstrap && this.#parts.source.bot(key);
    if (bot && !isEnding(bot)) this.#bootstraps.take(bot, agentSHA256, bootstrap);
  }

  /** A pass has stored the bot as it is now. */
  stored(bot: BotRecord): void {
    this.#remediations.settle(bot, this.#parts.clock.now());
    this.#bootstraps.stored(bot);
    this.update(bot);
    for (const listener of this.#listeners) listener(bot);
  }

  onStored(listener: (bot: BotRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forget(key: ResourceKey): void {
    this.#remediations.forget(key);
    this.#bootstraps.forget(key);
    this.heartbeats.ignore(key, true);
    this.reports.forget(key);
  }

  sight(bot: BotRecord, { reports, config }: AgentKnowledge): AgentObservation {
    const agentSHA256 = agentHashOf(bot);
    return {
      reports,
      config,
      hearing: this.heartbeats.hearing(bot.key, agentSHA256),
      bootstrap: this.#bootstraps.of(bot.key, agentSHA256),
      registrationTokenLifeMs: this.#settings.registrationTokenLife,
    };
  }

  /** Takes a slot for the remediation, or says what it waits for. */
  askRemediation(bot: BotRecord, remediation: Remediation): Admission {
    const hindrance = this.#remediations.hindrance(bot, remediation);
    if (hindrance === undefined) return { admitted: true };
    return { admitted: false, reason: 'RemedyWaits', message: hindrance };
  }

  /** Stores when each bot was heard last, before this process ends; to be called when no pass runs any more. */
  async flushHeartbeats(signal: AbortSignal): Promise<void> {
    const { source, leadership, log } = this.#parts;
    const due = [...this.heartbeats.lastHeard()].flatMap(([key, at]) => {
      const bot = source.bot(key);
      return bot && isDue(bot, at) ? [{ bot, lastHeartbeatTime: new Date(at).toISOString() }] : [];
    });
    for (let first = 0; first < due.length; first += atOnce) {
      if (signal.aborted || leadership.msLeft() <= 0) return;
      const writes = due
        .slice(first, first + atOnce)
        .map(({ bot, lastHeartbeatTime }) => source.writeStatus(bot, { ...bot.status, lastHeartbeatTime }));
      const failed = (await Promise.allSettled(writes)).find((result) => result.status === 'rejected');
      if (!failed || faultOf(failed.reason, 'conflict', 'absent')) continue;
      log.warn({ err: failed.reason }, 'the times of the last heartbeats could not be stored');
      return;
    }
  }

  stop(): void {
    this.reports.close();
    this.heartbeats.stop();
    this.#silence.stop();
  }
}

function expectedOf(bot: BotRecord): Expected | undefined {
  const agentSHA256 = agentHashOf(bot);
  if (!bot.spec || agentSHA256 === undefined) return undefined;
  const health = conditionOf(bot.status, 'Healthy')?.status;
  return { agentSHA256, timeoutMs: heartbeatTimeoutOf(bot.spec), health: health ?? 'Unknown' };
}

function isDue(bot: BotRecord, at: number): boolean {
  if (agentHashOf(bot) === undefined || isEnding(bot)) return false;
  return at - Date.parse(bot.status.lastHeartbeatTime ?? '1970') >= freshMs;
}
