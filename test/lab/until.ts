import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from './patience.ts';

/** Limits that are longer anyway are not stretched. */
const mostPatientMs = 60_000;

/** Asks every `everyMs` until the answer is yes. Throws after `withinMs` with `what` was waited for. */
export async function until(
  what: string,
  withinMs: number,
  everyMs: number,
  check: () => boolean | Promise<boolean>,
): Promise<void> {
  const patientMs = Math.max(withinMs, Math.min(withinMs * patience, mostPatientMs));
  const deadline = performance.now() + patientMs;
  while (!(await check())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${patientMs / 1_000} s without success for ${what}`);
    await sleep(everyMs);
  }
}
