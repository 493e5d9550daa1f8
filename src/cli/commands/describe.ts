import { type Command, Option } from 'commander';
import { readSourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { usageError } from '../../config/user-error.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { PortError } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, namespaceFlag, sourceFlags } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { findRecord, parseSubject } from '../select/resource-args.ts';
import { keysFor, namespacesOf, within } from '../select/scope.ts';
import { paintFor, printTo } from '../text/terminal.ts';
import { describeAccount } from '../view/describe-account.ts';
import { describeBot } from '../view/describe-bot.ts';
import type { ReadEvents } from '../view/describe-under-way.ts';
import { defaultController, describeWhy } from '../view/describe-why.ts';

interface DescribeFlags extends SourceFlags {
  readonly namespace?: string;
  readonly why?: boolean;
  readonly controller: string;
  readonly output?: 'json';
}

export function defineDescribe(command: Command, context: CliContext): void {
  command
    .argument('<kind>', 'bot or account; also bot/NAME')
    .argument('[name...]', 'which')
    .option('--why', 'of a bot: the last decision of the running controller about it, and what that rests on')
    .option(
      '--controller <url>',
      'with --why: where the controller serves its pages (its --listen)',
      defaultController,
    )
    .addOption(new Option('-o, --output <format>', 'with --why: form of the output').choices(['json']))
    .action((first: string, names: string[], flags: DescribeFlags) => describe(first, names, flags, context));
  sourceFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet describe bot alpha',
    'clawfleet describe account acme',
    'clawfleet describe bot alpha --why',
    'clawfleet describe bot alpha --why -o json > decision.json',
  ]);
}

async function describe(first: string, rest: string[], flags: DescribeFlags, context: CliContext) {
  const { kind, names } = parseSubject(first, rest);
  if (names.length === 0) throw usageError(`No ${kind} is named.`, `Give \`describe ${kind} NAME\`.`);
  const config = readSourceConfig(flags, context);
  const keys = await keysFor(names, flags, config);
  if (flags.why || flags.output) return describeWhy(kind, keys, { ...flags, config }, context);
  const reader = await openLook(within(config, namespacesOf(keys)), context);
  const paint = paintFor(context.stdout);
  const now = context.now();
  try {
    const texts = keys.map(async (key) => {
      const events = await eventsOf(reader, key);
      return kind === 'bot'
        ? describeBot(findRecord(kind, key, reader.bots()), events, now, paint)
        : describeAccount(findRecord(kind, key, reader.accounts()), reader.bots(), events, now, paint);
    });
    await printTo(context.stdout, (await Promise.all(texts)).join('\n\n'));
  } finally {
    reader.close();
  }
}

/** What is known is shown though its history is not to be had, as where a role does not permit to list events. */
async function eventsOf(reader: SourceReader, key: ResourceKey): Promise<ReadEvents> {
  try {
    return await reader.events(key);
  } catch (error) {
    if (error instanceof PortError) return error;
    throw error;
  }
}
