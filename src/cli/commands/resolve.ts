import type { Command } from 'commander';
import { openEditor } from '../../compose/open-source.ts';
import { parseCount } from '../../config/number-flag.ts';
import type { FleetConfig, FleetFlags } from '../../config/run-config.ts';
import { readSourceConfig, type SourceConfig } from '../../config/source-config.ts';
import { UserError } from '../../config/user-error.ts';
import type { FleetState, Resolution } from '../../model/fleet-state.ts';
import { type BotRecord, isEnding } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CliContext } from '../cli-context.ts';
import { askToGoOn } from '../edit/ask.ts';
import { candidateTable, requireChoice, resolutionLines } from '../edit/resolution-plan.ts';
import { examples, fleetFlags, namespaceFlag } from '../flags.ts';
import type { CandidateObservation } from '../select/candidates.ts';
import { cloudBeside, lookForCandidates } from '../select/look-for-candidates.ts';
import { openLook, requireFleet } from '../select/open-look.ts';
import { findRecord, parseKey } from '../select/resource-args.ts';
import { namespaceFor, namespacesOf, within } from '../select/scope.ts';
import { paintFor, printTo } from '../text/terminal.ts';

interface ResolveFlags extends FleetFlags {
  readonly namespace?: string;
  readonly keep: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function defineResolve(command: Command, context: CliContext): void {
  command
    .argument('<name>', 'the bot')
    .requiredOption('--keep <id>', 'the droplet that it keeps')
    .option('--dry-run', 'only show its droplets, and what would become of each')
    .option('-y, --yes', 'do not ask')
    .action((name: string, flags: ResolveFlags) => resolve(name, flags, context));
  fleetFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet describe bot alpha',
    'clawfleet resolve alpha --keep 411223344 --dry-run',
    'clawfleet resolve alpha --keep 411223344 --yes',
  ]);
}

async function resolve(name: string, flags: ResolveFlags, context: CliContext): Promise<void> {
  const keep = parseCount(flags.keep, '--keep', 1);
  const source = readSourceConfig(flags, context);
  const key = parseKey(name, await namespaceFor(flags, source));
  const sight = await look(source, key, cloudBeside(source, flags, context), context);
  if (!(await isDecided(sight, keep, flags, context))) return;
  await (await openEditor(source)).editFleet((state) => withResolution(state, { key, keep }));
  await printTo(
    context.stdout,
    `Decided: bot ${key} keeps droplet ${keep}. The controller carries it out; \`clawfleet describe bot ${key}\` shows how it goes.`,
  );
}

const unseen: CandidateObservation = { candidates: [], unreadable: [] };

interface Sight extends CandidateObservation {
  readonly fleet: FleetState;
  readonly bot: BotRecord;
}

async function look(
  source: SourceConfig,
  key: ResourceKey,
  config: FleetConfig,
  context: CliContext,
): Promise<Sight> {
  const reader = await openLook(within(source, namespacesOf([key])), context);
  try {
    const fleet = requireFleet(reader, source);
    const bot = findRecord('bot', key, reader.bots());
    if (isEnding(bot))
      throw new UserError(
        `Bot ${key} is being deleted, and its droplets with it: there is nothing to keep.`,
        `\`clawfleet describe bot ${key}\` shows how it goes.`,
      );
    const [sight = unseen] = await lookForCandidates(config, { reader, fleet, bots: [bot] });
    return { fleet, bot, ...sight };
  } finally {
    reader.close();
  }
}

/** Shows what there is and what becomes of it. Throws for an impossible choice; false when nothing is to be stored. */
async function isDecided(
  sight: Sight,
  keep: number,
  flags: ResolveFlags,
  context: CliContext,
): Promise<boolean> {
  const { bot, fleet, candidates } = sight;
  const { stdout } = context;
  await warn(sight, context);
  const table = candidateTable(candidates, context.now(), paintFor(stdout));
  const chosen = requireChoice(bot, candidates, { keep, fleetID: fleet.fleetID, table });
  await printTo(stdout, `Droplets of bot ${bot.key}${absenceText(bot, candidates)}:\n${table}\n`);
  if (candidates.length === 1 && chosen.standing.kind === 'recorded') {
    await printTo(stdout, `Bot ${bot.key} has droplet ${keep} alone: there is nothing to decide.`);
    return false;
  }
  await printTo(stdout, consequences(keep, resolutionLines(bot, candidates, chosen)));
  return !flags.dryRun && (flags.yes === true || (await askToGoOn(context)));
}

async function warn({ unreadable }: Sight, { stderr }: CliContext): Promise<void> {
  for (const { id, name, why } of unreadable)
    await printTo(stderr, `Warning: a droplet cannot be read (${name ?? id ?? 'nameless'}: ${why}).`);
}

function consequences(keep: number, lines: readonly string[]): string {
  return `If it keeps ${keep}:\n${lines.join('\n')}\n\nSee first that no other controller acts on a copy of this state: it would go on making droplets.`;
}

function absenceText({ status }: BotRecord, candidates: CandidateObservation['candidates']): string {
  const id = status.droplet?.id;
  if (id === undefined) return ', which has none on record';
  return candidates.some(({ droplet }) => droplet.id === id) ? '' : `, of which ${id} on record is not there`;
}

/** One for each bot: the last word counts. */
function withResolution(state: FleetState, { key, keep }: Resolution): FleetState {
  const others = (state.resolutions ?? []).filter((one) => one.key !== key);
  return { ...state, resolutions: [...others, { key, keep }] };
}
