import { type Command, Option } from 'commander';
import { type FleetFlags, readFleetConfig } from '../../config/run-config.ts';
import { UserError } from '../../config/user-error.ts';
import type { Droplet } from '../../ports/cloud.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, fleetFlags } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { lookForOrphans, type Orphan } from '../select/orphaned-droplets.ts';
import { ageSince } from '../text/age.ts';
import { counted, formatUSD } from '../text/money.ts';
import { type Column, renderTable } from '../text/table.ts';
import { paintFor, printTo } from '../text/terminal.ts';

interface OrphanFlags extends FleetFlags {
  readonly output?: 'json';
}

export function defineOrphans(command: Command, context: CliContext): void {
  fleetFlags(command)
    .addOption(new Option('-o, --output <format>', 'form of the output').choices(['json']))
    .action((flags: OrphanFlags) => orphans(flags, context));
  examples(command, ['clawfleet orphans', "clawfleet orphans -o json | jq '.[].id'"]);
}

async function orphans(flags: OrphanFlags, context: CliContext): Promise<void> {
  const config = readFleetConfig(flags, context);
  const reader = await openLook(config.source, context);
  try {
    const fleet = reader.fleet();
    if (!fleet) throw new UserError('There is no fleet here yet.', '`clawfleet run` makes it.');
    const { droplets, orphans: found } = await lookForOrphans(config, reader, fleet);
    const text =
      flags.output === 'json' ? JSON.stringify(found, null, 2) : showOrphans(found, droplets, context);
    await printTo(context.stdout, text);
  } finally {
    reader.close();
  }
}

function showOrphans(found: readonly Orphan[], droplets: readonly Droplet[], context: CliContext): string {
  if (found.length === 0) {
    return `No orphans: ${counted(droplets.length, 'droplet')} with the fleet’s tag, none without a bot.`;
  }
  const now = context.now();
  const columns: Column<Orphan>[] = [
    { header: 'ID', cell: ({ droplet }) => String(droplet.id) },
    { header: 'NAME', cell: ({ droplet }) => droplet.name },
    { header: 'STATUS', cell: ({ droplet }) => droplet.status },
    { header: 'AGE', cell: ({ droplet }) => ageSince(droplet.createdAt, now) },
    { header: '$/MONTH', cell: ({ droplet }) => formatUSD(droplet.priceMonthlyUSD) },
    { header: 'REGION', cell: ({ droplet }) => droplet.region },
    { header: 'IP', cell: ({ droplet }) => droplet.publicIPv4 ?? '' },
    { header: 'WHY', cell: ({ why }) => why },
  ];
  const cost = found.reduce((sum, { droplet }) => sum + droplet.priceMonthlyUSD, 0);
  const next = '`clawfleet run --orphans=delete` destroys them, each after a live check.';
  return [
    renderTable(columns, found, { paint: paintFor(context.stdout) }),
    '',
    `${counted(found.length, 'orphan')}, ${formatUSD(cost)} a month. ${next}`,
  ].join('\n');
}
