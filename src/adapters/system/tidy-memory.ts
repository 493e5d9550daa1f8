import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8's gc() takes besides what Node's types know. */
type CollectGarbage = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

const lookEveryMs = 5_000;
/** Below this share of the time in use, a pause of a tenth of a second holds up nobody. */
const mostUtilization = 0.1;
/** Worth a pause: the heap has so much more than after the last time. */
const growth = 1.15;
/** A small process is left alone. Bytes. */
const leastHeap = 40_000_000;

/**
 * Has V8 collect and compact its heap when the process comes to rest after a burst: V8 itself returns little of what
 * a burst took, since a process at rest allocates too little for its next full collection. 10,000 bots made in one go
 * leave 25 to 40 MB behind otherwise. Runs until the process ends and does not keep it alive.
 */
export function tidyMemoryAtRest(): void {
  let collect: CollectGarbage | undefined;
  let before = performance.eventLoopUtilization();
  let heapThen = leastHeap;
  const look = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > mostUtilization || process.memoryUsage().heapTotal < heapThen * growth) return;
    collect ??= garbageCollector();
    collect({ type: 'major', flavor: 'last-resort' });
    heapThen = Math.max(leastHeap, process.memoryUsage().heapTotal);
  };
  setInterval(look, lookEveryMs).unref();
}

/** The function that `node --expose-gc` gives, without giving it to everybody. */
function garbageCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as CollectGarbage;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
