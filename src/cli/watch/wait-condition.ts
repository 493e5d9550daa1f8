import { usageError } from '../../config/user-error.ts';
import type { BotRecord } from '../../model/records.ts';
import { nearestName } from '../../model/schema/nearest-name.ts';
import { phases } from '../../model/spec/bot-status.ts';
import {
  type ConditionStatus,
  type ConditionType,
  conditionOf,
  conditionTypes,
} from '../../model/spec/condition.ts';
import { isUnseen } from '../view/bot-view.ts';

/** What is waited for, and whether a bot is there; the bot is undefined once it is gone. */
export interface WaitCondition {
  readonly text: string;
  holds(bot: BotRecord | undefined): boolean;
}

const usage =
  'Give --for=condition=Ready, --for=condition=Stalled=False, --for=phase=Online or --for=delete.';

/** Reads what kubectl's `--for` reads: `condition=TYPE[=STATUS]`, `delete`, and `phase=PHASE`. */
export function parseWaitCondition(text: string): WaitCondition {
  const [what, name = '', value, ...more] = text.split('=');
  if (more.length === 0 && what === 'condition') return forCondition(name, value ?? 'True');
  if (what === 'delete' && name === '') return { text: 'to be gone', holds: (bot) => bot === undefined };
  if (what === 'phase' && value === undefined) return forPhase(name);
  throw usageError(`--for cannot be ${JSON.stringify(text)}.`, usage);
}

function forCondition(type: string, status: string): WaitCondition {
  const known = named(type, conditionTypes) as ConditionType;
  const wanted = named(status, ['True', 'False', 'Unknown']) as ConditionStatus;
  return {
    text: wanted === 'True' ? `to be ${known}` : `to have ${known}=${wanted}`,
    holds: (bot) => bot !== undefined && !isUnseen(bot) && conditionOf(bot.status, known)?.status === wanted,
  };
}

function forPhase(name: string): WaitCondition {
  const phase = named(name, phases);
  return {
    text: `to reach phase ${phase}`,
    holds: (bot) => bot !== undefined && !isUnseen(bot) && bot.status.phase === phase,
  };
}

/** Case does not matter, as with kubectl. */
function named(given: string, known: readonly string[]): string {
  const found = known.find((name) => name.toLowerCase() === given.toLowerCase());
  if (found) return found;
  const near = nearestName(given, known);
  throw usageError(
    `--for cannot wait for ${JSON.stringify(given)}.`,
    near ? `Did you mean ${near}?` : `There are ${known.join(', ')}.`,
  );
}
