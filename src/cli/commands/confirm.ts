import { type Command, Option } from 'commander';
import { openEditor, openReader } from '../../compose/open-source.ts';
import type { FleetFlags } from '../../config/run-config.ts';
import { readSourceConfig, type SourceConfig } from '../../config/source-config.ts';
import { UserError, usageError } from '../../config/user-error.ts';
import { confirmHolds, type FleetState, type Hold } from '../../model/fleet-state.ts';
import { type BotRecord, isProtected } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { deletionPolicyOf } from '../../model/spec/bot-spec.ts';
import { effectiveDroplet } from '../../model/spec/droplet-spec.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, fleetFlags, namespaceFlag } from '../flags.ts';
import type { Candidate, CandidateObservation } from '../select/candidates.ts';
import { cloudBeside, lookForCandidates } from '../select/look-for-candidates.ts';
import { keysFor, namespacesOf, within } from '../select/scope.ts';
import { requireInvisible } from '../select/visible-droplets.ts';
import { ageSince } from '../text/age.ts';
import { counted, formatUSD } from '../text/money.ts';
import { printTo } from '../text/terminal.ts';

interface ConfirmFlags extends FleetFlags {
  readonly namespace?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

const nextOf: Readonly<Record<Hold['kind'], string>> = {
  delete: 'They are deleted next, each by its own deletion policy.',
  recreate: 'Each gets a new droplet next.',
  destroy: 'What was to be destroyed is destroyed next.',
};

const heldFrom: Readonly<Record<Hold['kind'], string>> = {
  delete: 'deleted',
  recreate: 'recreated',
  destroy: 'destroyed',
};

export function defineConfirm(command: Command, context: CliContext): void {
  command
    .addArgument(
      command
        .createArgument(
          '<what>',
          'delete: bots no longer declared, or kept by spec.deletionProtection; recreate: droplets that are gone; destroy: droplets that nobody asked to destroy, beyond as many as are usual',
        )
        .choices(['recreate', 'delete', 'destroy']),
    )
    .argument('[name...]', 'only these bots')
    .addOption(new Option('--all', 'every bot that is held'))
    .option('--dry-run', 'only show what would be made or destroyed')
    .action((kind: Hold['kind'], names: string[], flags: ConfirmFlags) =>
      confirm(kind, names, flags, context),
    );
  fleetFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet fleet show',
    'clawfleet confirm recreate --all --dry-run',
    'clawfleet confirm recreate alpha beta',
    'clawfleet confirm delete --all',
    'clawfleet confirm destroy alpha --dry-run',
  ]);
}

async function confirm(kind: Hold['kind'], names: string[], flags: ConfirmFlags, context: CliContext) {
  if ((flags.all === true) === names.length > 0) throw usageError('Say which bots.', 'Give names, or --all.');
  const config = readSourceConfig(flags, context);
  const named = await keysFor(names, flags, config);
  const { fleet, bots } = await lookAt(within(config, namespacesOf(named)));
  const held = (fleet?.holds ?? []).filter((hold) => hold.kind === kind).flatMap((hold) => hold.keys);
  // Protection is for the bot that someone names, never for all.
  const kept = kind === 'delete' ? bots.filter(isProtected) : [];
  const keys = flags.all ? held : named;
  const released = kept.filter((bot) => named.includes(bot.key));
  requireHeld(keys, kind, held, kept);
  const chosen = bots.filter(({ key }) => keys.includes(key));
  await tellConsequences({ kind, config, flags, fleet, bots: chosen }, context);
  if (flags.dryRun) return;
  const editor = await openEditor(config);
  await editor.editFleet((state) =>
    releaseBots(confirmHolds(state, kind, keys.filter(isIn(held))), released),
  );
  await printTo(
    context.stdout,
    `Confirmed: ${kind} ${counted(keys.length, 'bot')} (${keys.join(', ')}).\n${nextOf[kind]}`,
  );
}

interface Choice {
  readonly kind: Hold['kind'];
  readonly config: SourceConfig;
  readonly flags: ConfirmFlags;
  readonly fleet: FleetState | undefined;
  readonly bots: readonly BotRecord[];
}

/** What is made or destroyed, as the cloud shows it where it matters. Throws when a droplet that would be made again is there. */
async function tellConsequences(choice: Choice, context: CliContext): Promise<void> {
  const { kind, fleet, bots } = choice;
  if (kind !== 'destroy') await printTo(context.stdout, bots.map((bot) => consequence(kind, bot)).join('\n'));
  if (kind === 'delete' || !fleet) return;
  const { config, flags } = choice;
  const cloud = cloudBeside(config, flags, context);
  const reader = await openReader(within(config, namespacesOf(bots.map(({ key }) => key))));
  try {
    if (kind === 'recreate') await requireInvisible(cloud, reader, fleet, bots);
    else await tellDestructions(await lookForCandidates(cloud, { reader, fleet, bots }), choice, context);
  } finally {
    reader.close();
  }
}

async function tellDestructions(
  sights: readonly CandidateObservation[],
  { bots, fleet }: Choice,
  { stdout, now }: CliContext,
): Promise<void> {
  const lines = bots.flatMap((bot, index) => destructionLines(bot, sights[index]?.candidates ?? [], now()));
  await printTo(stdout, lines.join('\n'));
  if (fleet?.oldState) await printTo(stdout, 'All of it waits for `clawfleet fleet accept-state` besides.');
}

async function lookAt(config: SourceConfig) {
  const reader = await openReader(config);
  try {
    return { fleet: reader.fleet(), bots: reader.bots() };
  } finally {
    reader.close();
  }
}

function requireHeld(
  keys: readonly ResourceKey[],
  kind: Hold['kind'],
  held: readonly ResourceKey[],
  kept: readonly BotRecord[],
): void {
  const known = [...new Set([...held, ...kept.map(({ key }) => key)])];
  const strange = keys.find((key) => !known.includes(key));
  if (strange !== undefined) {
    const hint =
      known.length > 0 ? `Held are: ${known.join(', ')}.` : '`clawfleet fleet show` shows what is held.';
    throw new UserError(`${strange} is not held from being ${heldFrom[kind]}.`, hint);
  }
  if (keys.length > 0) return;
  const protectedOnes = kept.map(({ key }) => key).join(', ');
  throw new UserError(
    `Nothing is held from being ${kind}d.`,
    protectedOnes
      ? `Kept by spec.deletionProtection, and let go by name only: ${protectedOnes}.`
      : '`clawfleet fleet show` shows what is held.',
  );
}

function isIn(keys: readonly ResourceKey[]): (key: ResourceKey) => boolean {
  return (key) => keys.includes(key);
}

/** `state` with the deletion protection of these bots let go of, for the deletion that each is asked for now. */
export function releaseBots(state: FleetState, bots: readonly BotRecord[]): FleetState {
  if (bots.length === 0) return state;
  const keys = new Set(bots.map(({ key }) => key));
  const others = (state.released ?? []).filter(({ key }) => !keys.has(key));
  const fresh = bots.flatMap(({ key, deletion }) =>
    deletion ? [{ key, requestedAt: deletion.requestedAt }] : [],
  );
  return { ...state, released: [...others, ...fresh] };
}

/** What the confirmation of this bot makes or destroys, as far as its record goes. */
function consequence(kind: 'delete' | 'recreate', bot: BotRecord): string {
  return `  ${bot.key}: ${kind === 'delete' ? ending(bot) : creation(bot)}`;
}

/** What is destroyed of the bot's droplets, as the cloud shows them: duplicates, else the recorded one, which is replaced. */
function destructionLines({ key }: BotRecord, candidates: readonly Candidate[], now: number): string[] {
  const named = ({ droplet, birth }: Candidate) =>
    `droplet ${droplet.id} (${[droplet.status, droplet.publicIPv4, birth && `birth ${birth}`, `created ${ageSince(droplet.createdAt, now)} ago`].filter(Boolean).join(', ')})`;
  const recorded = candidates.find(({ standing }) => standing.kind === 'recorded');
  const late = candidates.filter(({ standing }) => standing.kind === 'late');
  const stays = recorded ? `; ${named(recorded)} stays` : '';
  if (late.length > 0)
    return late.map((one) => `  ${key}: ${named(one)} is destroyed as a duplicate${stays}`);
  return [
    recorded ? `  ${key}: ${named(recorded)} is destroyed and created again` : `  ${key}: nothing, as of now`,
  ];
}

function ending({ status, spec }: BotRecord): string {
  const { droplet } = status;
  if (!droplet) return 'its record is dropped; it has no droplet';
  const what = `droplet ${droplet.id} (${[droplet.publicIPv4, droplet.size].filter(Boolean).join(', ')})`;
  return spec && deletionPolicyOf(spec) === 'Orphan'
    ? `${what} is released and runs on`
    : `${what} is destroyed`;
}

function creation({ spec, status }: BotRecord): string {
  const { size, region } = effectiveDroplet(spec?.droplet);
  const lost = status.droplet?.id ?? status.knownDropletIDs?.at(-1);
  const price = status.droplet && `, ${formatUSD(status.droplet.priceMonthlyUSD)} a month`;
  const place = lost === undefined ? '' : ` in the place of ${lost}`;
  return `a new droplet (${size}, ${region}${price ?? ''})${place}`;
}
