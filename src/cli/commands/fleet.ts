import type { Command } from 'commander';
import { openEditor, openReader } from '../../compose/open-source.ts';
import { parseFleetID } from '../../config/run-config.ts';
import { readSourceConfig, type SourceConfig, sourceLocation } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { UserError } from '../../config/user-error.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import type { BotRecord } from '../../model/records.ts';
import { type CliContext, prepare } from '../cli-context.ts';
import { examples, sourceFlags } from '../flags.ts';
import { requireFleet } from '../select/open-look.ts';
import { paintFor, printTo } from '../text/terminal.ts';
import { showFleet } from '../view/fleet-view.ts';
import { type AcceptFlags, acceptState } from './accept-state.ts';
import { backUpFleet, type CopyFlags, restoreFleet } from './back-up-fleet.ts';

export function defineFleet(command: Command, context: CliContext): void {
  const add = (name: keyof typeof orders) => {
    const { description, example } = orders[name];
    const order = command.command(name, { isDefault: name === 'show' }).description(description);
    return examples(sourceFlags(prepare(order, context)), [example]);
  };
  add('show').action((flags: SourceFlags) => show(flags, context));
  add('take-over').action((flags: SourceFlags) => takeOver(flags, context));
  add('recover')
    .requiredOption('--fleet <id>', 'the fleet’s id, from the tag clawfleet-<id> of its droplets')
    .action((flags: SourceFlags & { readonly fleet: string }) => recover(flags, context));
  add('init').action((flags: SourceFlags) => init(flags, context));
  add('accept-state')
    .option('--dry-run', 'only show what goes on then')
    .option('-y, --yes', 'do not ask')
    .action((flags: AcceptFlags) => acceptState(flags, context));
  add('backup')
    .argument('<file>', 'where the copy goes')
    .option('-y, --yes', 'overwrite the file when there is one')
    .action((file: string, flags: CopyFlags) => backUpFleet(file, flags, context));
  add('restore')
    .argument('<file>', 'a copy that `fleet backup` made')
    .option('-y, --yes', 'do not ask')
    .action((file: string, flags: CopyFlags) => restoreFleet(file, flags, context));
  examples(
    command,
    Object.values(orders).map(({ example }) => example),
  );
}

const orders = {
  show: {
    description: 'Show the fleet’s id, what it is bound to, and what is held.',
    example: 'clawfleet fleet show',
  },
  'take-over': {
    description: 'Bind the fleet to this source and state, which were moved or copied.',
    example: 'clawfleet fleet take-over --source bots --state /var/lib/clawfleet/bots.db',
  },
  recover: {
    description:
      'Give an empty state the identity of a fleet whose state is lost, so that its droplets are found again.',
    example: 'clawfleet fleet recover --fleet k3v9x1qa',
  },
  init: {
    description: 'Say that no droplets of other fleets on the cloud account are ours: begin from nothing.',
    example: 'clawfleet fleet init --source bots',
  },
  'accept-state': {
    description:
      'Go on by a state that is older than its droplets, as after a restore; shows first what goes on then.',
    example: 'clawfleet fleet accept-state --dry-run',
  },
  backup: {
    description:
      'Copy a directory’s state to a file, as of one moment, whether a controller runs on it or not.',
    example: 'clawfleet fleet backup /var/backups/bots.db',
  },
  restore: {
    description: 'Put such a copy in place of a directory’s state; the one before is kept beside it.',
    example: 'clawfleet fleet restore /var/backups/bots.db',
  },
};

async function show(flags: SourceFlags, context: CliContext): Promise<void> {
  const config = readSourceConfig(flags, context);
  const { fleet, bots, boundNow: identity } = await look(config);
  await printTo(
    context.stdout,
    showFleet(fleet, bots, { ...sourceLocation(config), identity }, context.now(), paintFor(context.stdout)),
  );
}

async function takeOver(flags: SourceFlags, context: CliContext): Promise<void> {
  const config = readSourceConfig(flags, context);
  const { fleet, boundNow: boundTo } = await look(config);
  if (fleet.boundTo === boundTo && !fleet.cloud) {
    return printTo(context.stdout, `Fleet ${fleet.fleetID} is bound to ${boundTo} already.`);
  }
  await edit(config, ({ cloud: _, ...state }) => ({ ...state, boundTo }));
  await printTo(
    context.stdout,
    `Fleet ${fleet.fleetID} is now bound to ${boundTo}, and to the account of the token that \`clawfleet run\` uses next.`,
  );
}

async function recover(flags: SourceFlags & { readonly fleet: string }, context: CliContext): Promise<void> {
  const fleetID = parseFleetID(flags.fleet, '--fleet');
  const config = readSourceConfig(flags, context);
  const { fleet, bots, boundNow: boundTo } = await look(config);
  if (fleet.fleetID === fleetID) return printTo(context.stdout, `This is fleet ${fleetID} already.`);
  const busy = bots.filter(({ status }) => status.droplet ?? status.createAttempt);
  if (busy.length > 0) {
    throw new UserError(
      `Fleet ${fleet.fleetID} has droplets of its own, of ${busy.map(({ key }) => key).join(', ')}: its state is not lost.`,
      `Give an empty state by --state, or start \`clawfleet run --fleet-id ${fleetID}\` with one.`,
    );
  }
  await edit(config, (state) => ({ ...state, fleetID, boundTo }));
  await printTo(
    context.stdout,
    `This is now fleet ${fleetID}: bots find their droplets by it once \`clawfleet run\` runs.`,
  );
}

async function init(flags: SourceFlags, context: CliContext): Promise<void> {
  const config = readSourceConfig(flags, context);
  const { fleetID } = await edit(config, (state) => ({ ...state, acceptedNew: true }));
  await printTo(
    context.stdout,
    `Fleet ${fleetID} begins from nothing: droplets of other fleets are left alone, and bots get new ones.`,
  );
}

interface Look {
  readonly fleet: FleetState;
  readonly bots: readonly BotRecord[];
  /** Identity of the source as it is now. */
  readonly boundNow: string;
}

async function look(config: SourceConfig): Promise<Look> {
  const reader = await openReader(config);
  try {
    return { fleet: requireFleet(reader, config), bots: reader.bots(), boundNow: reader.boundNow() };
  } finally {
    reader.close();
  }
}

async function edit(config: SourceConfig, change: (state: FleetState) => FleetState): Promise<FleetState> {
  return (await openEditor(config)).editFleet(change);
}
