import type { BotAPIListener } from '../../compose/listen-for-bots.ts';
import { exitCodes } from '../../config/user-error.ts';
import type { Controller } from '../../controller/controller.ts';
import type { CliContext, InterruptSignal } from '../cli-context.ts';
import type { RunOutput } from './run-output.ts';

/** How long what is under way may take to end (reference of controller-runtime). */
const drainMs = 30_000;
/** Without the lease there is little to end: nothing of it may be written. */
const hastyDrainMs = 5_000;
/** A bot's call takes no longer, and is repeated where it does; half a request is not waited for. */
const callMs = 5_000;

/** Why a run ends: a signal, or the loss of the lease. */
export type End = InterruptSignal | 'lost';

interface Ending {
  readonly output: RunOutput;
  readonly context: CliContext;
  readonly door: BotAPIListener | undefined;
}

/**
 * Without the lease the process ends instead of standing by again: what it remembers of its bots was learnt as the
 * leader, and a fresh process cannot act on any of it. Whoever runs it starts it anew.
 */
export async function drained(
  end: End,
  { output, context, door }: Ending,
  controller: Controller,
): Promise<void> {
  output.close();
  if (end === 'lost') output.warn('The lease was lost: nothing is written any more, and the process ends.');
  else
    output.tell(`${end}: ending what is under way, ${drainMs / 1_000} s at most; once more quits at once.`, {
      signal: end,
    });
  const patienceMs = patienceFor(end);
  const ending = Promise.all([door?.end(Math.min(callMs, patienceMs / 2)), controller.stop()]);
  const isDone = await inTime(ending, patienceMs);
  if (!isDone) output.warn('Not everything ended in time; the next run looks at it again.');
  else output.tell('Ended. Droplets go on as they are; `clawfleet run` takes up from here.', {});
  context.finish(isDone ? exitCodes.ok : exitCodes.failed);
}

export function patienceFor(end: End | undefined): number {
  return end === 'lost' ? hastyDrainMs : drainMs;
}

/** Whether it ended within the time. */
export async function inTime(end: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const result = await Promise.race([end.then(() => true), late]);
  clearTimeout(timer);
  return result;
}
