import { openEditor, openReader } from '../../compose/open-source.ts';
import { readSourceConfig, type SourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { UserError } from '../../config/user-error.ts';
import { omit } from '../../kit/pick.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import type { BotRecord } from '../../model/records.ts';
import type { CliContext } from '../cli-context.ts';
import { askToGoOn } from '../edit/ask.ts';
import { requireFleet } from '../select/open-look.ts';
import { counted } from '../text/money.ts';
import { printTo } from '../text/terminal.ts';

export interface AcceptFlags extends SourceFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** `fleet accept-state`. */
export async function acceptState(flags: AcceptFlags, context: CliContext): Promise<void> {
  const config = readSourceConfig(flags, context);
  const { fleet, bots } = await look(config);
  if (!fleet.oldState)
    throw new UserError(
      `The state of fleet ${fleet.fleetID} is not older than its droplets: there is nothing to accept.`,
      '`clawfleet fleet show` shows what is held, if anything is.',
    );
  const { droplets, since } = fleet.oldState;
  await printTo(
    context.stdout,
    `${counted(droplets, 'droplet')} turned out at ${since} to be newer than this state, which was restored or copied. What waits for that goes on once it is accepted:\n${waitingLines(bots).join('\n')}\n\nSee first that no other controller acts on a copy of this state.`,
  );
  if (flags.dryRun || !(flags.yes || (await askToGoOn(context)))) return;
  await (await openEditor(config)).editFleet((state) => omit(state, 'oldState'));
  await printTo(context.stdout, `The state of fleet ${fleet.fleetID} is accepted as it is.`);
}

async function look(config: SourceConfig): Promise<{ fleet: FleetState; bots: readonly BotRecord[] }> {
  const reader = await openReader(config);
  try {
    return { fleet: requireFleet(reader, config), bots: reader.bots() };
  } finally {
    reader.close();
  }
}

/** What the controller does next, a line each. */
function waitingLines(bots: readonly BotRecord[]): string[] {
  const undeclared = bots.filter(({ deletion }) => deletion?.implicit);
  const redeployed = bots.filter(isRedeployAsked);
  return [
    `  deletion of bots no longer declared, each by its own deletion policy: ${named(undeclared)}`,
    `  redeploys that were asked for and that the droplets do not show to be done: ${named(redeployed)}`,
    '  replacements and remedies of bots that fall silent, destruction of duplicates, and of orphans under --orphans=delete',
  ];
}

/** As far as the state knows; a droplet that bears the request's tag shows the controller that it is done. */
function isRedeployAsked({ spec, status, deletion }: BotRecord): boolean {
  const { redeployRequest } = spec ?? {};
  return redeployRequest !== undefined && redeployRequest !== status.handledRequests?.redeploy && !deletion;
}

function named(bots: readonly BotRecord[]): string {
  return bots.map(({ key }) => key).join(', ') || 'none';
}
