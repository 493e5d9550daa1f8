import { formatDuration } from '../../config/duration.ts';
import { UserError } from '../../config/user-error.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { conditionOf } from '../../model/spec/condition.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { isTerminal } from '../text/terminal.ts';
import { isUnseen, messageOf, phaseOf, reasonOf } from '../view/bot-view.ts';
import type { WaitCondition } from './wait-condition.ts';

export interface Waiting {
  readonly keys: readonly ResourceKey[];
  readonly condition: WaitCondition;
  readonly timeoutMs: number;
  /** Told once for each bot that got there. */
  done(key: ResourceKey): void;
}

/** Resolves when every bot is where it is waited for; throws, saying what each still lacks, when time is up. */
export async function awaitBots(reader: SourceReader, waiting: Waiting, context: CliContext): Promise<void> {
  const left = new Set(waiting.keys);
  const progress = progressTo(context);
  const settle = () => {
    const bots = new Map(reader.bots().map((bot) => [bot.key, bot]));
    for (const key of left) {
      const bot = bots.get(key);
      if (!waiting.condition.holds(bot)) progress(key, bot);
      else if (left.delete(key)) waiting.done(key);
    }
    return left.size === 0;
  };
  if (settle()) return;
  const inTime = await watchUntil(reader, settle, waiting.timeoutMs);
  if (!inTime) throw timedOut(reader, [...left], waiting);
}

/** True once `settled` says so; false when time is up first. */
function watchUntil(reader: SourceReader, settled: () => boolean, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const end = (result: boolean) => {
      clearTimeout(timer);
      stop();
      resolve(result);
    };
    const look = () => {
      try {
        if (settled()) end(true);
      } catch (error) {
        clearTimeout(timer);
        stop();
        reject(error);
      }
    };
    const timer = setTimeout(() => end(settled()), timeoutMs);
    const stop = reader.watch(look);
    // What changed between the first look and the start of the watch.
    queueMicrotask(look);
  });
}

function timedOut(reader: SourceReader, keys: readonly ResourceKey[], waiting: Waiting): UserError {
  const bots = new Map(reader.bots().map((bot) => [bot.key, bot]));
  const states = keys.map((key) => `${key}: ${stateText(bots.get(key))}`);
  return new UserError(
    `Timed out after ${formatDuration(waiting.timeoutMs)} waiting for ${keys.join(', ')} ${waiting.condition.text}.`,
    [...states, 'Is `clawfleet run` running? `clawfleet describe bot NAME` shows more.'].join('\n'),
  );
}

function stateText(bot: BotRecord | undefined): string {
  if (!bot) return 'is not there';
  const reason = reasonOf(bot);
  return [phaseOf(bot), reason, messageOf(bot)].filter(Boolean).join(', ');
}

/** Prints each new state of a bot while waiting: on a terminal, and anywhere when a person has to end it. */
function progressTo(context: CliContext): (key: ResourceKey, bot: BotRecord | undefined) => void {
  const isWatched = isTerminal(context.stderr);
  const told = new Map<ResourceKey, string>();
  return (key, bot) => {
    if (!isWatched && !(bot && isStalled(bot))) return;
    const text = stateText(bot);
    if (told.get(key) === text) return;
    told.set(key, text);
    context.stderr.write(`${key}: ${text}\n`);
  };
}

function isStalled(bot: BotRecord): boolean {
  return !isUnseen(bot) && conditionOf(bot.status, 'Stalled')?.status === 'True';
}
