import { type BotAPIListener, listenForBots } from '../../compose/listen-for-bots.ts';
import type { RunConfig } from '../../config/run-config.ts';
import { exitCodes, UserError } from '../../config/user-error.ts';
import type { Controller } from '../../controller/controller.ts';
import type { BotCallObserver } from '../../ports/bot-call-observer.ts';
import { faultOf } from '../../ports/port-error.ts';
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
 * A process that loses the lease exits instead of standing by again: what it remembers of its bots it learnt as the
 * leader, and a fresh process cannot act on any of it. Its supervisor starts it again.
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

/** Opens the door for bots; nothing when none are served. */
export async function openDoor(
  { botAPI }: RunConfig,
  output: RunOutput,
  observer: BotCallObserver,
): Promise<BotAPIListener | undefined> {
  if (!botAPI) return undefined;
  try {
    const door = await listenForBots(botAPI, output.log, observer);
    output.tell(`Bot API: ${door.url}`, { botAPI: door.url });
    return door;
  } catch (error) {
    if (!faultOf(error) || !(error instanceof Error)) throw error;
    const remedy = 'Where another `clawfleet run` has the port, give another --bot-listen HOST:PORT';
    throw new UserError(error.message, `${remedy}; else another --tls-cert, or --no-bot-api.`);
  }
}

/** Simulated droplets find the bot API on this machine, unless something else is said. */
export function calledAt(config: RunConfig, door: BotAPIListener | undefined): RunConfig {
  const { settings, cloud } = config;
  const isPractice = cloud.kind === 'simulator' || cloud.loopback;
  if (!door || !isPractice || settings.controlPlaneURL !== undefined) return config;
  return { ...config, settings: { ...settings, controlPlaneURL: door.url } };
}
