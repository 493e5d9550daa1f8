import type { BootstrapReport, Report, ReportAnswer } from '../model/agent-report.ts';
import type { BotConfig } from '../model/config-content.ts';
import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';

/**
 * The engine as the bot API sees it: takes agents' reports and returns what is on record.
 * Tokens come only as SHA-256, in hex.
 */
export interface AgentBackend {
  /** Whether this process may act: what it knows is current, and what it stores stays stored. */
  leads(): boolean;
  /** Why agents cannot be served although this process leads, a line each. */
  trouble(): readonly string[];
  /**
   * The bots whose agent may know itself by this id, as stored now; mostly
   * one, empty if there is no such bot.
   */
  find(agentID: string): readonly BotRecord[];
  /** The bot as stored now. */
  bot(key: ResourceKey): BotRecord | undefined;
  /**
   * Hands in a report; resolves once its effect is durable. Throws `unavailable` when this process
   * stops leading or too many reports of the bot wait, and the signal's reason when it aborts: then it
   * is unknown whether the report was stored.
   */
  report(key: ResourceKey, report: Report, signal: AbortSignal): Promise<ReportAnswer>;
  /**
   * The config that follows from the present declaration; serve it only if its hash
   * matches the stored id. Throws a PortError.
   */
  configOf(bot: BotRecord): Promise<BotConfig>;
  /** Queues the bot for reconciliation at once. */
  call(key: ResourceKey): void;
  /** Records a heartbeat of the bot's agent, with its report on the droplet's bootstrap, if it sent one. */
  beat(key: ResourceKey, agentSHA256: string, bootstrap?: BootstrapReport): void;
  /** Calls `listener` with each bot that is stored. Returns the function that stops it. */
  onStored(listener: (bot: BotRecord) => void): () => void;
}
