import type { Command } from 'commander';
import { openEditor } from '../../compose/open-source.ts';
import { parseDuration } from '../../config/duration.ts';
import { readSourceConfig, type SourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { valueAt } from '../../model/schema/field-path.ts';
import { type PowerState, powerStateOf } from '../../model/spec/bot-spec.ts';
import type { FieldEdit } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, namespaceFlag, sourceFlags, yesFlag } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { findRecord } from '../select/resource-args.ts';
import { keysFor, namespacesOf, within } from '../select/scope.ts';
import { printTo } from '../text/terminal.ts';
import { isReady } from '../view/bot-view.ts';
import { awaitBots } from '../watch/await-bots.ts';
import type { WaitCondition } from '../watch/wait-condition.ts';
import { heedClaims } from './heed-claims.ts';

/** A change of bots' declarations that has a command of its own. */
export interface BotEdit {
  readonly examples: readonly string[];
  /** The fields to set; `now` is ISO 8601. */
  edits(now: string): readonly FieldEdit[];
  /** What happens next, once a controller sees the change. */
  next(bot: BotRecord): string;
  /** What --wait waits for, given the edits that were made. */
  done(edits: readonly FieldEdit[]): WaitCondition;
}

interface EditFlags extends SourceFlags {
  readonly namespace?: string;
  readonly wait?: boolean;
  readonly timeout: string;
  readonly yes?: boolean;
}

export function defineBotEdit(command: Command, context: CliContext, edit: BotEdit): void {
  command
    .argument('<name...>', 'bots')
    .option('--wait', 'wait until it is done')
    .option('--timeout <duration>', 'how long --wait waits', '10m')
    .action((names: string[], flags: EditFlags) => editBots(names, flags, edit, context));
  sourceFlags(namespaceFlag(yesFlag(command)));
  examples(command, edit.examples);
}

async function editBots(names: string[], flags: EditFlags, edit: BotEdit, context: CliContext) {
  const source = readSourceConfig(flags, context);
  const timeoutMs = parseDuration(flags.timeout, '--timeout');
  const keys = await keysFor(names, flags, source);
  const config = within(source, namespacesOf(keys));
  const edits = edit.edits(new Date(context.now()).toISOString());
  const isDone = await writeEdits(config, keys, edits, edit, flags, context);
  if (isDone && flags.wait) await waitFor(config, keys, edit.done(edits), timeoutMs, context);
}

async function writeEdits(
  config: SourceConfig,
  keys: readonly ResourceKey[],
  edits: readonly FieldEdit[],
  edit: BotEdit,
  flags: EditFlags,
  context: CliContext,
): Promise<boolean> {
  const reader = await openLook(config, context);
  try {
    const bots = reader.bots();
    const chosen = keys.map((key) => findRecord('bot', key, bots));
    const editor = await openEditor(config);
    const differing = chosen.filter((bot) => differs(bot, edits)).map(({ key }) => key);
    if (!(await heedClaims(editor, differing, edits, flags, context))) return false;
    for (const bot of chosen) {
      const { where, changed, toDo } = await editor.edit(bot.key, edits);
      await printTo(
        context.stdout,
        changed ? changeText(bot, where, edits) : `${bot.key}: unchanged, ${where} says so already.`,
      );
      if (changed) await printTo(context.stdout, `  ${edit.next(bot)}`);
      if (toDo !== undefined) await printTo(context.stdout, `  ${toDo}`);
    }
    return true;
  } finally {
    reader.close();
  }
}

/** Whether the edits would change anything: where they would not, nobody puts anything back. */
function differs({ spec }: BotRecord, edits: readonly FieldEdit[]): boolean {
  return edits.some(({ path, value }) => valueAt({ spec }, path) !== value);
}

function changeText(bot: BotRecord, where: string, edits: readonly FieldEdit[]): string {
  const fields = edits.map(({ path, value }) => `${path.join('.')} is now ${String(value)}`);
  return `${bot.key}: ${fields.join(', ')} in ${where}.`;
}

async function waitFor(
  config: SourceConfig,
  keys: readonly ResourceKey[],
  condition: WaitCondition,
  timeoutMs: number,
  context: CliContext,
): Promise<void> {
  const reader = await openLook(config, context);
  try {
    const done = (key: ResourceKey) => void context.stdout.write(`${key}: done.\n`);
    await awaitBots(reader, { keys, condition, timeoutMs, done }, context);
  } finally {
    reader.close();
  }
}

/** Sets spec.powerState, and is done when the bot is Ready in it. */
export function powerEdit(
  wanted: PowerState,
  next: (bot: BotRecord) => string,
  lines: readonly string[],
): BotEdit {
  return {
    examples: lines,
    edits: () => [{ path: ['spec', 'powerState'], value: wanted }],
    next,
    done: () => ({
      text: `to be ${wanted}`,
      holds: (bot) =>
        bot?.spec !== undefined && powerStateOf(bot.spec) === wanted && isReady(bot) && hasPower(bot, wanted),
    }),
  };
}

/** A condition may still speak of the state before; the droplet itself does not. */
function hasPower({ status }: BotRecord, wanted: PowerState): boolean {
  if (!status.droplet) return wanted === 'Stopped';
  return status.droplet.status === (wanted === 'Running' ? 'active' : 'off');
}

/** Sets a request to the present time, and is done when it was handled and the bot is Ready again. */
export function requestEdit(
  request: 'reboot' | 'redeploy',
  next: (bot: BotRecord) => string,
  lines: readonly string[],
): BotEdit {
  return {
    examples: lines,
    edits: (now) => [{ path: ['spec', `${request}Request`], value: now }],
    next,
    done: ([edit]) => ({
      text: `to have its ${request} done`,
      holds: (bot) =>
        bot !== undefined &&
        bot.status.handledRequests?.[request] === edit?.value &&
        bot.status.operation === undefined &&
        isReady(bot),
    }),
  };
}
