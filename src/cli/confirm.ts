import { type Command, Option } from 'commander';
import { openEditor, openReader } from '../compose/open-source.ts';
import { UserError, usageError } from '../config/user-error.ts';
import { readSourceConfig, type SourceConfig, type SourceFlags } from '../config.ts';
import { confirmHolds } from '../model/confirm-holds.ts';
import type { FleetState, Hold } from '../model/fleet-state.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { CliContext } from './cli-context.ts';
import { examples, namespaceFlag, sourceFlags } from './flags.ts';
import { counted } from './money.ts';
import { printTo } from './output.ts';
import { keysFor, within } from './scope.ts';

interface ConfirmFlags extends SourceFlags {
  readonly namespace?: string;
  readonly all?: boolean;
}

const nextOf: Readonly<Record<Hold['kind'], string>> = {
  delete: 'They are deleted next, each by its own deletion policy.',
  recreate: 'Each gets a new droplet next.',
};

export function defineConfirm(command: Command, context: CliContext): void {
  command
    .addArgument(
      command
        .createArgument('<what>', 'delete: bots no longer declared; recreate: droplets that are gone')
        .choices(['recreate', 'delete']),
    )
    .argument('[name...]', 'only these bots')
    .addOption(new Option('--all', 'every bot that is held'))
    .action((kind: Hold['kind'], names: string[], flags: ConfirmFlags) =>
      confirm(kind, names, flags, context),
    );
  sourceFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet fleet show',
    'clawfleet confirm recreate alpha beta',
    'clawfleet confirm delete --all',
  ]);
}

async function confirm(kind: Hold['kind'], names: string[], flags: ConfirmFlags, context: CliContext) {
  if ((flags.all === true) === names.length > 0) throw usageError('Say which bots.', 'Give names, or --all.');
  const config = readSourceConfig(flags, context);
  const held = heldKeys(await fleetOf(config), kind);
  const named = await keysFor(names, flags, config);
  const keys = flags.all ? held : named.map((key) => heldKey(key, kind, held));
  const editor = await openEditor(config);
  await editor.editFleet((state) => confirmHolds(state, kind, keys));
  await printTo(
    context.stdout,
    `Confirmed: ${kind} ${counted(keys.length, 'bot')} (${keys.join(', ')}).\n${nextOf[kind]}`,
  );
}

async function fleetOf(config: SourceConfig): Promise<FleetState | undefined> {
  const reader = await openReader(within(config, []));
  try {
    return reader.fleet();
  } finally {
    reader.close();
  }
}

function heldKeys(fleet: FleetState | undefined, kind: Hold['kind']): ResourceKey[] {
  const keys = (fleet?.holds ?? []).filter((hold) => hold.kind === kind).flatMap((hold) => hold.keys);
  if (keys.length > 0) return keys;
  throw new UserError(`Nothing is held from being ${kind}d.`, '`clawfleet fleet show` tells what is held.');
}

function heldKey(key: ResourceKey, kind: Hold['kind'], held: readonly ResourceKey[]): ResourceKey {
  if (held.includes(key)) return key;
  throw new UserError(`${key} is not held from being ${kind}d.`, `Held are: ${held.join(', ')}.`);
}
