import type { LastDecision } from '../decide/decision.ts';
import type { FleetOverview } from '../model/fleet-overview.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import { sleep } from '../ports/clock.ts';
import type { SourceListener } from '../ports/source.ts';
import { agentBackend } from './agent-backend.ts';
import { buildEngine } from './build-engine.ts';
import type { Found } from './cloud/sites.ts';
import type { Engine, EngineAgents, EngineFleet } from './engine/engine.ts';
import { recallLosses } from './observe/recall-losses.ts';
import type { EngineParts } from './parts.ts';
import { WorkerPool } from './queue/worker-pool.ts';
import { flushHeartbeats } from './report/flush-heartbeats.ts';
import { overviewOf } from './report/overview.ts';
import { runPass } from './run-pass.ts';

/** The loop: what is declared becomes what is, and stays so. */
export interface Controller {
  /** Resolves once the source is read; the cloud is looked at in the background. Throws when the source cannot be opened. */
  start(): Promise<void>;
  /** Drains passes under way within 30 s, then stops everything. */
  stop(): Promise<void>;
  overview(): FleetOverview;
  /** The last decision about the bot, for people; undefined when there is no such bot. */
  decision(key: ResourceKey): LastDecision | undefined;
  /** What a bot API is served over; undefined when none is. */
  readonly agents: AgentBackend | undefined;
  /** Called whenever something that people look at may have changed. Returns the way to stop. */
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
  const pool: WorkerPool<ResourceKey> = new WorkerPool({
    clock: parts.clock,
    size: parts.settings.workers,
    work: (key, waitedMs) => runPass(engine, pool.queue, key, waitedMs).finally(changed),
    onAdd: () => parts.metrics.queueAdded(),
  });
  let isRead = false;
  const sourceRead = Promise.withResolvers<void>();
  const engine = buildEngine(parts, pool.queue, {
    sourceRead: sourceRead.promise,
    onSituation: () => enqueueAll(engine, pool),
    changed,
  });
  parts.metrics.watch(
    () => pool.gauges(),
    () => overviewOf(engine),
  );
  return {
    start: async () => {
      // The cloud is listed meanwhile; the listing is dealt with when the source is read.
      await engine.source.start(listenerOf(engine, pool, () => isRead));
      isRead = true;
      engine.sourceTrouble.look();
      takeInAll(engine);
      sourceRead.resolve();
      await callAll(engine, pool);
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

/** Whether passes over the bots have something to say by now. */
function hasWord(found: Found): boolean {
  return 'blocked' in found || found.site.ready;
}

function takeInAll(engine: Engine): void {
  for (const bot of engine.source.bots()) engine.indexes.update(bot);
  engine.holds.refresh();
  engine.gate.refresh();
  recallLosses(engine);
  for (const bot of engine.source.bots()) engine.indexes.judgeDeletion(bot);
}

async function callAll(engine: Engine, pool: Pool): Promise<void> {
  const { source, sites } = engine;
  pool.start();
  let isTold = sites.own().ready;
  for (const account of source.accounts()) isTold = hasWord(await sites.of(account)) || isTold;
  // All others are called when their site has its first word: a pass before would look at nothing.
  if (isTold) enqueueAll(engine, pool);
}

async function stop(engine: Engine, pool: Pool): Promise<void> {
  const patience = new AbortController();
  await Promise.race([pool.drain(), sleep(engine.clock, drainMs, patience.signal).catch(() => {})]);
  patience.abort();
  await flushLastHeartbeats(engine);
  engine.agents?.stop();
  engine.accounts.stop();
  engine.holds.stop();
  engine.sites.stop();
  await engine.source.stop();
}

async function flushLastHeartbeats(engine: EngineParts & EngineAgents): Promise<void> {
  const patience = new AbortController();
  const cancel = engine.clock.schedule(flushMs, () => patience.abort());
  await flushHeartbeats(engine, patience.signal);
  cancel();
}

function listenerOf(engine: Engine, pool: Pool, isRead: () => boolean): SourceListener {
  return {
    botChanged: (key, live) => {
      if (!live) return;
      engine.indexes.changed(key, engine.source.bot(key));
      pool.queue.add(key);
    },
    accountChanged: (key) => {
      engine.accounts.changed(key);
      void refreshSite(engine, key);
    },
    fleetChanged: () => {
      engine.sites.own();
      if (!isRead()) return;
      engine.sourceTrouble.look();
      engine.holds.refresh();
      engine.gate.refresh();
      for (const site of engine.sites.all()) site.sweepSoon();
      enqueueAll(engine, pool);
    },
  };
}

/** Bots of the account are looked at anyway; an account without bots must let go of its token too. */
async function refreshSite({ sites, log }: EngineParts & EngineFleet, account: ResourceKey): Promise<void> {
  try {
    await sites.refresh(account);
  } catch (error) {
    log.warn({ account, err: error }, 'the account’s token could not be read');
  }
}

function enqueueAll(engine: EngineParts, pool: Pool): void {
  for (const bot of engine.source.bots()) pool.queue.add(bot.key, { priority: 'routine' });
}
