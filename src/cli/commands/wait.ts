import type { Command } from 'commander';
import { parseDuration } from '../../config/duration.ts';
import { readSourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { usageError } from '../../config/user-error.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, namespaceFlag, sourceFlags } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { findRecord, parseKey, parseSubject } from '../select/resource-args.ts';
import { namespaceFor, namespacesOf, within } from '../select/scope.ts';
import { awaitBots } from '../watch/await-bots.ts';
import { parseWaitCondition, type WaitCondition } from '../watch/wait-condition.ts';

interface WaitFlags extends SourceFlags {
  readonly namespace?: string;
  readonly for: string;
  readonly timeout: string;
  readonly all?: boolean;
}

export function defineWait(command: Command, context: CliContext): void {
  command
    .argument('<kind>', 'bot, or bot/NAME')
    .argument('[name...]', 'which')
    .requiredOption('--for <what>', 'condition=TYPE[=STATUS], phase=PHASE or delete')
    .option('--timeout <duration>', 'how long; after that the exit code is 1', '30s')
    .option('--all', 'every bot of the namespace')
    .action((kind: string, names: string[], flags: WaitFlags) => wait(kind, names, flags, context));
  sourceFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet wait bot alpha --for=condition=Ready --timeout=2m',
    'clawfleet wait bots --all --for=condition=Ready',
    'clawfleet wait bot alpha --for=delete',
  ]);
}

async function wait(first: string, names: string[], flags: WaitFlags, context: CliContext): Promise<void> {
  const subject = parseSubject(first, names);
  if (subject.kind !== 'bot') throw usageError('Only bots can be waited for.', 'Give `wait bot NAME`.');
  const condition = parseWaitCondition(flags.for);
  const timeoutMs = parseDuration(flags.timeout, '--timeout');
  const config = readSourceConfig(flags, context);
  const namespace = await namespaceFor(flags, config);
  const named = subject.names.map((name) => parseKey(name, namespace));
  const looked = flags.all ? [namespace] : namespacesOf(named);
  const reader = await openLook(within(config, looked), context);
  try {
    const keys = flags.all ? keysIn(reader, namespace) : known(reader, named, condition);
    const done = (key: ResourceKey) => void context.stdout.write(`${key}: ${reached(flags.for)}\n`);
    await awaitBots(reader, { keys, condition, timeoutMs, done }, context);
  } finally {
    reader.close();
  }
}

function reached(condition: string): string {
  return condition === 'delete' ? 'gone' : `${condition} met`;
}

function keysIn(reader: SourceReader, namespace: string): ResourceKey[] {
  return reader
    .bots()
    .filter((bot) => bot.namespace === namespace)
    .map((bot) => bot.key);
}

/** A bot that is gone already is what `--for=delete` hopes for; any other name must be known. */
function known(reader: SourceReader, keys: ResourceKey[], condition: WaitCondition): ResourceKey[] {
  if (keys.length === 0) throw usageError('No bot is named.', 'Give names, or --all.');
  if (!condition.holds(undefined)) for (const key of keys) findRecord('bot', key, reader.bots());
  return keys;
}
