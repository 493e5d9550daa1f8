import type { ResourceKey } from '../model/resource-key.ts';
import type { ReconcileResult } from '../ports/metrics.ts';
import { faultOf } from '../ports/port-error.ts';
import type { Engine } from './engine/engine.ts';
import type { WorkQueue } from './queue/work-queue.ts';
import { type PassResult, reconcile } from './reconcile.ts';

/** While the store takes no writes, a bot is tried again this often. */
const fullRetryMs = 5_000;

/** Runs one pass and queues the key again as its result says. Whatever a pass throws is that bot's error alone. */
export async function runPass(
  engine: Engine,
  queue: WorkQueue<ResourceKey>,
  key: ResourceKey,
  waitedMs: number,
): Promise<void> {
  const begunAt = engine.clock.monotonic();
  engine.metrics.queueWaited(waitedMs / 1000);
  const result = await tried(engine, queue, key);
  engine.metrics.reconciled(result, (engine.clock.monotonic() - begunAt) / 1000);
}

async function tried(
  engine: Engine,
  queue: WorkQueue<ResourceKey>,
  key: ResourceKey,
): Promise<ReconcileResult> {
  try {
    const result = await reconcile(engine, key);
    queue.forget(key);
    return requeue(engine, queue, key, result);
  } catch (error) {
    return failed(engine, queue, key, error);
  }
}

function requeue(
  engine: Engine,
  queue: WorkQueue<ResourceKey>,
  key: ResourceKey,
  result: PassResult,
): ReconcileResult {
  if (result.again) {
    queue.add(key);
    return 'requeue';
  }
  if (result.requeueAt === undefined) return 'success';
  queue.add(key, { delayMs: Math.max(1, result.requeueAt - engine.clock.now()) });
  return 'requeue_after';
}

function failed(
  engine: Engine,
  queue: WorkQueue<ResourceKey>,
  key: ResourceKey,
  error: unknown,
): ReconcileResult {
  const fault = faultOf(error);
  engine.metrics.queueRetried();
  if (fault?.kind === 'conflict' || fault?.kind === 'absent') {
    queue.retry(key);
    return 'requeue';
  }
  const message = error instanceof Error ? error.message : String(error);
  engine.log.error(
    { bot: key, fault: fault?.kind, ...(fault ? {} : { err: error }) },
    `pass failed: ${message}`,
  );
  if (fault?.kind === 'full') queue.add(key, { delayMs: fullRetryMs });
  else if (fault?.kind === 'rateLimited')
    queue.add(key, { delayMs: Math.max(1, fault.until - engine.clock.now()) });
  else queue.retry(key);
  return 'error';
}
