import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from './patience.ts';

/** Asks every `everyMs` until the answer is yes. Throws after `withinMs` with `what` was waited for. */
export async function until(
  what: string,
  withinMs: number,
  everyMs: number,
  check: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + withinMs * patience;
  while (!(await check())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${(withinMs * patience) / 1_000} s in vain for ${what}`);
    await sleep(everyMs);
  }
}
