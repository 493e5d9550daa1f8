import type { LastDecision } from '../decide/decision.ts';
import type { FleetOverview } from '../model/fleet-overview.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import { sleep } from '../ports/clock.ts';
import type { Agents } from './agents/agents.ts';
import { buildEngine } from './build-engine.ts';
import type { Found } from './cloud/sites.ts';
import type { Engine, EngineAgents } from './engine/engine.ts';
import { enqueueAll, restore, sourceEvents } from './observe/source-events.ts';
import type { EngineParts } from './parts.ts';
import { WorkerPool } from './queue/worker-pool.ts';
import { overviewOf } from './report/overview.ts';
import { runPass } from './run-pass.ts';

/** Keeps what exists in step with what is declared. */
export interface Controller {
  /** Resolves once the source is read; the cloud is listed in the background. Throws if the source cannot be opened. */
  start(): Promise<void>;
  /** Drains passes under way within 30 s, then stops everything. */
  stop(): Promise<void>;
  overview(): FleetOverview;
  /** The last decision about the bot, for people; undefined if there is no such bot. */
  decision(key: ResourceKey): LastDecision | undefined;
  /** What a bot API is served over; undefined if none is served. */
  readonly agents: AgentBackend | undefined;
  /** Calls `listener` whenever something that people look at may have changed. Returns the function that stops it. */
  onChange(listener: () => void): () => void;
}

/** Passes under way at shutdown get this long; the deployment gives a pod 40 s to end. */
const drainMs = 30_000;
/** How long storing the times of the last heartbeats may take at shutdown. */
const flushMs = 5_000;

export function createController(parts: EngineParts): Controller {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const pool: Pool = new WorkerPool({
    clock: parts.clock,
    size: parts.settings.workers,
    work: (key, waitedMs) => runPass(engine, pool.queue, key, waitedMs).finally(changed),
    onAdd: () => parts.metrics.queueAdded(),
  });
  let isRead = false;
  const sourceRead = Promise.withResolvers<void>();
  const engine = buildEngine(parts, pool.queue, {
    sourceRead: sourceRead.promise,
    onSituation: () => enqueueAll(engine, pool.queue),
    changed,
  });
  parts.metrics.watch(
    () => pool.gauges(),
    () => overviewOf(engine),
  );
  return {
    start: async () => {
      // The cloud is listed meanwhile; its listing waits until the source is read.
      await engine.source.start(sourceEvents(engine, pool.queue, () => isRead));
      isRead = true;
      restore(engine);
      sourceRead.resolve();
      await startPasses(engine, pool);
    },
    stop: () => stop(engine, pool),
    overview: () => overviewOf(engine),
    decision: (key) => {
      const bot = engine.source.bot(key);
      return bot && engine.decisions.last(bot);
    },
    agents: engine.agents && agentBackend(engine, engine.agents, (key) => pool.queue.add(key)),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type Pool = WorkerPool<ResourceKey>;

async function startPasses(engine: Engine, pool: Pool): Promise<void> {
  const { source, sites } = engine;
  pool.start();
  let isUseful = sites.own().ready;
  for (const account of source.accounts()) isUseful = isDecidable(await sites.of(account)) || isUseful;
  // Otherwise bots are queued when their site becomes ready: an earlier pass would find nothing to decide.
  if (isUseful) enqueueAll(engine, pool.queue);
}

/** Whether a pass over a bot of that site has anything to decide or to report. */
function isDecidable(found: Found): boolean {
  return 'blocked' in found || found.site.ready;
}

async function stop(engine: Engine, pool: Pool): Promise<void> {
  const patience = new AbortController();
  await Promise.race([pool.drain(), sleep(engine.clock, drainMs, patience.signal).catch(() => {})]);
  patience.abort();
  await flushHeartbeats(engine);
  engine.agents?.stop();
  engine.accounts.stop();
  engine.holds.stop();
  engine.sites.stop();
  await engine.source.stop();
}

async function flushHeartbeats({ agents, clock }: EngineParts & EngineAgents): Promise<void> {
  const patience = new AbortController();
  const cancel = clock.schedule(flushMs, () => patience.abort());
  await agents?.flushHeartbeats(patience.signal);
  cancel();
}

/** The engine as the bot API sees it. */
function agentBackend(engine: Engine, agents: Agents, call: (key: ResourceKey) => void): AgentBackend {
  const { source, leadership, owners, gate } = engine;
  return {
    leads: () => leadership.msLeft() > 0,
    trouble() {
      const { failure } = source.health();
      return [gate.mismatch()?.message, failure].filter((reason) => reason !== undefined);
    },
    find: (agentID) => owners.ofAgentID(agentID).flatMap((key) => source.bot(key) ?? []),
    bot: (key) => source.bot(key),
    report: (key, report, signal) => agents.reports.submit(key, report, signal),
    configOf: (bot) => agents.configs.of(bot),
    call,
    beat: (key, agentSHA256, bootstrap) => agents.beat(key, agentSHA256, bootstrap),
    onStored: (listener) => agents.onStored(listener),
  };
}
