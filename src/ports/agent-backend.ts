import type { BootstrapReport, Report, ReportAnswer } from '../model/agent-report.ts';
import type { BotConfig } from '../model/config-content.ts';
import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';

/** Where the engine hears of agents, and tells them what is on record. It takes tokens' SHA-256 alone, in hex. */
export interface AgentBackend {
  /** Whether this process may act: what it knows is good, and what it stores is stored. */
  leads(): boolean;
  /** Why agents cannot be served although this process leads, a line each. */
  trouble(): readonly string[];
  /** The bots whose agent may know itself by this id, as stored now; mostly one, none when there is no such bot. */
  find(agentID: string): readonly BotRecord[];
  /** The bot as stored now. */
  bot(key: ResourceKey): BotRecord | undefined;
  /**
   * Hands in a report; resolves once its consequence is durable. Throws `unavailable` when this process stops leading
   * or too many reports of the bot wait, and the signal's reason when it aborts: then it is not known what became of it.
   */
  report(key: ResourceKey, report: Report, signal: AbortSignal): Promise<ReportAnswer>;
  /** The config that follows from what is declared now; serve it only if its hash is that of the stored id. Throws a PortError. */
  configOf(bot: BotRecord): Promise<BotConfig>;
  /** Looks at the bot as soon as may be. */
  call(key: ResourceKey): void;
  /** The bot's agent was heard, with what it reports of its droplet's bootstrap, if anything. */
  beat(key: ResourceKey, agentSHA256: string, bootstrap?: BootstrapReport): void;
  /** Called with each bot that was stored. Returns the way to stop. */
  onStored(listener: (bot: BotRecord) => void): () => void;
}
