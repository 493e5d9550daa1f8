import { type Command, Option } from 'commander';
import { readSourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import type { Hold } from '../../model/fleet-state.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, namespaceFlag, sourceFlags } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { parseKey, parseSubject } from '../select/resource-args.ts';
import { namespaceFor, namespacesOf, within } from '../select/scope.ts';
import { type Selection, selectRecords } from '../select/selection.ts';
import { counted } from '../text/money.ts';
import { isTerminal, paintFor, printTo } from '../text/terminal.ts';
import { shownFleet } from '../view/fleet-view.ts';
import { type GetView, showRecords } from '../view/get-view.ts';
import { watchRecords } from '../watch/watch-records.ts';

interface GetFlags extends SourceFlags {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly output?: GetView['output'];
  readonly watch?: boolean;
}

export function defineGet(command: Command, context: CliContext): void {
  command
    .argument('<kind>', 'bots or accounts; also bot/NAME')
    .argument('[name...]', 'only these')
    .option('-A, --all-namespaces', 'of all namespaces')
    .addOption(
      new Option('-o, --output <format>', 'form of the output').choices(['wide', 'json', 'yaml', 'name']),
    )
    .option('-w, --watch', 'go on, and print what changes')
    .action((first: string, names: string[], flags: GetFlags) => get(first, names, flags, context));
  sourceFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet get bots',
    'clawfleet get bots -A -o wide',
    'clawfleet get bot alpha -o yaml',
    'clawfleet get accounts --watch',
    'clawfleet stop $(clawfleet get bots -o name)',
  ]);
}

async function get(first: string, rest: string[], flags: GetFlags, context: CliContext): Promise<void> {
  const { kind, names } = parseSubject(first, rest);
  const config = readSourceConfig(flags, context);
  const all = flags.allNamespaces === true;
  const namespace = await namespaceFor(flags, config);
  const selection: Selection = { kind, names, namespace, all };
  const reader = await openLook(within(config, looked(selection)), context);
  const view: GetView = {
    kind,
    output: flags.output,
    withNamespace: selection.all,
    single: names.length === 1,
    paint: paintFor(context.stdout),
    now: () => context.now(),
  };
  try {
    if (flags.watch) return await watchRecords(reader, selection, view, context);
    const { records, hint } = selectRecords(reader, selection);
    const isTable = flags.output === undefined || flags.output === 'wide';
    if (hint !== undefined && isTable) return await printHint(hint, context);
    if (records.length === 0 && flags.output === 'name') return;
    await printTo(context.stdout, showRecords(records, view, shownFleet(reader)));
    const held = isTable && kind === 'bot' ? heldHint(reader) : undefined;
    if (held !== undefined) await printHint(held, context);
  } finally {
    reader.close();
  }
}

/** A program that reads the table gets the table alone. */
function printHint(hint: string, { stdout, stderr }: CliContext): Promise<void> {
  return printTo(isTerminal(stdout) ? stdout : stderr, hint);
}

/** The namespaces to look at; undefined: all. */
function looked({ names, namespace, all }: Selection): readonly string[] | undefined {
  if (names.length > 0) return namespacesOf(names.map((name) => parseKey(name, namespace)));
  return all ? undefined : [namespace];
}

const mostNamed = 5;
const whatOf: Readonly<Record<Hold['kind'], string>> = {
  delete: 'no longer declared and not deleted',
  recreate: 'without droplet and not created again',
  destroy: 'with a droplet that is kept though it was to be destroyed',
};

/** What is held, until when, and the command that lets it go; undefined when nothing is, or the user may not read it. */
export function heldHint(reader: SourceReader): string | undefined {
  try {
    return reader.fleet()?.holds.map(lineOf).join('\n') || undefined;
  } catch (error) {
    if (faultOf(error, 'refused')) return undefined;
    throw error;
  }
}

function lineOf({ kind, keys, until }: Hold): string {
  const end = until === undefined ? '' : ` until ${until}`;
  const names = keys.length > mostNamed ? '--all' : keys.join(' ');
  const command = `clawfleet confirm ${kind} ${names}`;
  return `${counted(keys.length, 'bot')} ${whatOf[kind]}${end}, unless you run \`${command}\` (with --dry-run first, to look).`;
}
