import { type Command, Option } from 'commander';
import { openCloud } from '../../compose/open-cloud.ts';
import { openEditor, openReader } from '../../compose/open-source.ts';
import { parseCount } from '../../config/number-flag.ts';
import { type FleetConfig, type FleetFlags, readFleetConfig } from '../../config/run-config.ts';
import { adoptTag } from '../../model/identity.ts';
import { type ResourceKey, resourceKey } from '../../model/resource-key.ts';
import type { Cloud, Droplet } from '../../ports/cloud.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { type AdoptionOrder, adoptableFleet, adoptionManifest } from '../edit/adoption-plan.ts';
import { askToGoOn } from '../edit/ask.ts';
import { claimLines } from '../edit/heed-claims.ts';
import { examples, fleetFlags, namespaceFlag } from '../flags.ts';
import { namespaceFor } from '../select/scope.ts';
import { formatUSD } from '../text/money.ts';
import { printTo } from '../text/terminal.ts';

interface AdoptFlags extends FleetFlags {
  readonly name: string;
  readonly account: string;
  readonly namespace?: string;
  readonly botId?: string;
  readonly tokenSha256?: string;
  readonly deletionPolicy?: 'Delete' | 'Orphan';
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function defineAdopt(command: Command, context: CliContext): void {
  command
    .argument('<droplet-id>', 'the droplet')
    .requiredOption('--name <name>', 'name of the bot that is declared for it')
    .requiredOption('--account <name>', 'account of the bot')
    .option('--bot-id <id>', 'id under which the droplet’s agent knows itself')
    .option('--token-sha256 <hex>', 'SHA-256 of the agent’s present token')
    .addOption(
      new Option(
        '--deletion-policy <policy>',
        'what becomes of the droplet with the bot (default: Orphan)',
      ).choices(['Delete', 'Orphan']),
    )
    .option('--dry-run', 'only show what would be done')
    .option('-y, --yes', 'do not ask')
    .action((id: string, flags: AdoptFlags) => adopt(parseCount(id, 'DROPLET_ID', 1), flags, context));
  fleetFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet adopt 411223344 --name alpha --account acme --dry-run',
    'clawfleet adopt 411223344 --name alpha --account acme --bot-id 7f3a --yes',
  ]);
}

async function adopt(id: number, flags: AdoptFlags, context: CliContext): Promise<void> {
  const config = readFleetConfig(flags, context);
  const clouds = await openCloud(config);
  try {
    await adoptFrom(clouds.forToken(undefined), id, flags, config, context);
  } finally {
    await clouds.close();
  }
}

async function adoptFrom(
  cloud: Cloud,
  id: number,
  flags: AdoptFlags,
  config: FleetConfig,
  context: CliContext,
) {
  const droplet = await cloud.getDroplet(id, { class: 'urgent' });
  const namespace = await namespaceFor(flags, config.source);
  const order: AdoptionOrder = { ...flags, namespace, key: resourceKey(namespace, flags.name) };
  const fleetID = await checked(await openReader(config.source), droplet, order);
  const manifest = adoptionManifest(droplet, order);
  const editor = await openEditor(config.source);
  await printTo(context.stdout, planText(droplet, adoptTag(fleetID), manifest));
  for (const line of await claimLines(editor, [order.key], [])) await printTo(context.stderr, line);
  if (flags.dryRun || !(flags.yes || (await askToGoOn(context)))) return;
  await cloud.tag(id, adoptTag(fleetID), { class: 'urgent' });
  const { where, toDo } = await editor.add(manifest, flags.name);
  await printTo(context.stdout, doneText(order.key, where));
  if (toDo !== undefined) await printTo(context.stdout, toDo);
}

async function checked(reader: SourceReader, droplet: Droplet, order: AdoptionOrder): Promise<string> {
  try {
    return adoptableFleet(reader, droplet, order);
  } finally {
    reader.close();
  }
}

function planText(droplet: Droplet, tag: string, manifest: string): string {
  const { id, name, region, size, status, priceMonthlyUSD } = droplet;
  return [
    `Droplet ${id}: ${name}, ${region}, ${size}, ${status}, ${formatUSD(priceMonthlyUSD)} a month.`,
    'Nothing on it is changed. These are done:',
    `  1. it gets the tag ${tag}, the permission to take it over;`,
    '  2. this bot is declared:',
    '',
    ...manifest
      .trimEnd()
      .split('\n')
      .map((line) => `     ${line}`),
    '',
  ].join('\n');
}

function doneText(key: ResourceKey, where: string): string {
  return `Declared ${key} in ${where}. \`clawfleet run\` takes the droplet over; \`clawfleet describe bot ${key}\` shows how it goes.`;
}
