import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  backUpDirectoryState,
  planDirectoryRestore,
  requireDirectory,
  restoreDirectoryState,
} from '../../compose/directory-state.ts';
import { readSourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { UserError } from '../../config/user-error.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { CliContext } from '../cli-context.ts';
import { askToGoOn } from '../edit/ask.ts';
import { ageSince } from '../text/age.ts';
import { counted } from '../text/money.ts';
import { printTo } from '../text/terminal.ts';

export interface CopyFlags extends SourceFlags {
  readonly yes?: boolean;
}

/** `fleet backup FILE`. */
export async function backUpFleet(path: string, flags: CopyFlags, context: CliContext): Promise<void> {
  const { stateFile } = requireDirectory(readSourceConfig(flags, context));
  const file = resolve(context.cwd, path);
  const { fleet, bots } = await backedUp(stateFile, file, flags.yes === true);
  await printTo(
    context.stdout,
    `Fleet ${fleet.fleetID}, ${counted(bots, 'bot')}: ${stateFile} was copied to ${file}.\n` +
      'It holds neither the manifests nor the keys: keep those too, in another place.',
  );
}

async function backedUp(stateFile: string, file: string, overwrite: boolean) {
  try {
    return await backUpDirectoryState(stateFile, file, overwrite);
  } catch (error) {
    const fault = faultOf(error);
    if (fault?.kind !== 'refused' || fault.reason !== 'FileExists') throw error;
    throw new UserError(
      `${(error as Error).message}.`,
      'Give another name, or --yes to overwrite an earlier copy.',
    );
  }
}

/** `fleet restore FILE`. */
export async function restoreFleet(path: string, flags: CopyFlags, context: CliContext): Promise<void> {
  const { stateFile } = requireDirectory(readSourceConfig(flags, context));
  const file = resolve(context.cwd, path);
  const { saved, present, damaged } = await planDirectoryRestore(stateFile, file);
  const writtenAt = statSync(file).mtime.toISOString();
  const before = damaged
    ? 'a damaged state'
    : present
      ? `the state with ${counted(present.bots, 'bot')}`
      : 'nothing';
  await printTo(
    context.stdout,
    [
      `Fleet ${saved.fleet.fleetID}, ${counted(saved.bots, 'bot')}, written ${ageSince(writtenAt, context.now())} ago, takes the place of ${before} in ${stateFile}.`,
      'What happened since is not in it: droplets made or destroyed since then are found by their tags when `clawfleet run` starts,',
      'requests that were carried out may look new, what was confirmed is to be confirmed again, and a bot that has registered since',
      'says NotEnrolled until `clawfleet token` gives it another token.',
    ].join('\n'),
  );
  if (!(flags.yes || (await askToGoOn(context)))) return;
  const kept = await restoreDirectoryState(stateFile, file, new Date(context.now()).toISOString());
  await printTo(context.stdout, restoredText(stateFile, kept));
}

function restoredText(stateFile: string, kept: string | undefined): string {
  const before = kept === undefined ? '' : ` The state before is kept as ${kept}.`;
  return `Restored ${stateFile}.${before}\nLook by \`clawfleet plan\` before \`clawfleet run\`. On another machine or path, \`clawfleet fleet take-over\` binds it there.`;
}
