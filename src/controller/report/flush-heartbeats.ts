import { agentHashOf } from '../../model/agent-credentials.ts';
import { type BotRecord, isEnding } from '../../model/records.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { EngineAgents } from '../engine/engine.ts';
import type { EngineParts } from '../parts.ts';

/** A time that is no older than this is good enough. */
const freshMs = 60_000;
/** Written together: a source shares a commit among them, or sends so many requests at once. */
const atOnce = 64;

/** Stores when each bot was heard last, before this process ends; to be called when no pass runs any more. */
export async function flushHeartbeats(
  engine: EngineParts & EngineAgents,
  signal: AbortSignal,
): Promise<void> {
  const { agents, source, leadership, log } = engine;
  const due = [...(agents?.heartbeats.lastHeard() ?? [])].flatMap(([key, at]) => {
    const bot = source.bot(key);
    return bot && isDue(bot, at) ? [{ bot, at }] : [];
  });
  for (let first = 0; first < due.length; first += atOnce) {
    if (signal.aborted || leadership.msLeft() <= 0) return;
    const writes = due.slice(first, first + atOnce).map(({ bot, at }) => write(engine, bot, at));
    const failed = (await Promise.allSettled(writes)).find((result) => result.status === 'rejected');
    if (!failed || faultOf(failed.reason, 'conflict', 'absent')) continue;
    log.warn({ err: failed.reason }, 'the times of the last heartbeats could not be stored');
    return;
  }
}

function isDue(bot: BotRecord, at: number): boolean {
  if (agentHashOf(bot) === undefined || isEnding(bot)) return false;
  return at - Date.parse(bot.status.lastHeartbeatTime ?? '1970') >= freshMs;
}

function write({ source }: EngineParts, bot: BotRecord, at: number): Promise<BotRecord> {
  return source.writeStatus(bot, { ...bot.status, lastHeartbeatTime: new Date(at).toISOString() });
}
