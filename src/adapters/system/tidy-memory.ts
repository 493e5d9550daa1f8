import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8's gc() takes besides what Node's types know. */
type CollectGarbage = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

const lookEveryMs = 5_000;
/** Shares of the time in use between two looks. The pause, 0.5 s with 10,000 bots that wait, holds up few at rest. */
const burst = 0.6;
const rest = 0.1;
/** Who serves thousands of bots never rests: after a burst it is tidied all the same, but not often. */
const lull = 0.5;
const atMostEveryMs = 60_000;

/**
 * Has V8 collect and compact its heap once when the process comes to rest after a burst: V8 itself returns little of
 * what a burst took, since a process at rest allocates too little for its next full collection. 10,000 bots made in
 * one go leave 25 to 40 MB behind otherwise, and 80 MB when they have registered. Runs until the process ends and does
 * not keep it alive.
 */
export function tidyMemoryAtRest(): void {
  const lately = utilizationSince(performance.eventLoopUtilization());
  // The start itself was a burst, however short.
  let untidy = true;
  let tidiedAt = performance.now();
  const look = () => {
    const utilization = lately();
    if (utilization > burst) untidy = true;
    const enough = performance.now() - tidiedAt < atMostEveryMs ? rest : lull;
    if (!untidy || utilization > enough) return;
    untidy = false;
    tidiedAt = performance.now();
    garbageCollector()({ type: 'major', flavor: 'last-resort' });
  };
  setInterval(look, lookEveryMs).unref();
}

/** The share of the time in use since it was asked last. */
function utilizationSince(first: EventLoopUtilization): () => number {
  let before = first;
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}

/** The function that `node --expose-gc` gives, without giving it to everybody. */
function garbageCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as CollectGarbage;
  setFlagsFromString('--no-expose-gc');
  return collect;
}

/**
 * Has V8 collect its old space once that has grown by a quarter, instead of letting it double and more. Calls that
 * wait for half a minute outlive every quick collection: with 10,000 bots that wait, the garbage they leave behind would be
 * three times what is in use. Costs some 3 % of a core then; not to be asked for before the work of a start is done.
 */
export function keepHeapTight(): void {
  setFlagsFromString('--heap-growing-percent=25');
}
