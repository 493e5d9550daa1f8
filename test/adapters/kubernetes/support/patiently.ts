import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is neither false nor undefined; fails after `withinMs`. */
export async function patiently<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`still not so after ${withinMs / 1_000} s: ${what}`);
    await sleep(10);
  }
}
