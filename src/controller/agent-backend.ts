import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Agents } from './agents/agents.ts';
import type { Engine } from './engine/engine.ts';

/** The engine as the bot API sees it. */
export function agentBackend(engine: Engine, agents: Agents, call: (key: ResourceKey) => void): AgentBackend {
  const { source, leadership, owners } = engine;
  const records = (keys: readonly (ResourceKey | undefined)[]): BotRecord[] =>
    keys.flatMap((key) => (key === undefined ? [] : (source.bot(key) ?? [])));
  return {
    leads: () => leadership.msLeft() > 0,
    trouble() {
      const { failure } = source.health();
      return [engine.gate.mismatch()?.message, failure].filter((reason) => reason !== undefined);
    },
    find(id) {
      const adopted = agents.adoptedIDs.of(id);
      const own = owners.ofUID(id);
      // What ten thousand agents ask for again and again.
      if (adopted.length === 0) return own === undefined ? [] : records([own]);
      return records([...new Set([own, ...adopted])]);
    },
    bot: (key) => source.bot(key),
    report: (key, report, signal) => agents.inbox.submit(key, report, signal),
    configOf: (bot) => agents.configs.of(bot),
    call,
    beat: (key, agentSHA256, bootstrap) => agents.beat(key, agentSHA256, bootstrap),
    onStored: (listener) => agents.onStored(listener),
  };
}
