import { openReader } from '../../compose/open-source.ts';
import { type SourceConfig, sourceLocation } from '../../config/source-config.ts';
import { UserError } from '../../config/user-error.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import { problemText } from '../../model/problem.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { counted } from '../text/money.ts';

const mostProblems = 5;

/**
 * Opens the source for looking. Problems of reading it go to stderr, since bots may be missing because of them.
 * Throws when the source as a whole is out of reach.
 */
export async function openLook(config: SourceConfig, { stderr }: CliContext): Promise<SourceReader> {
  const reader = await openReader(config);
  const { failure, problems } = reader.health();
  if (failure !== undefined) {
    reader.close();
    throw new UserError(
      `${failure}.`,
      'Check --source: it must be a directory that declares bots, kubernetes or mongodb.',
    );
  }
  for (const problem of problems.slice(0, mostProblems)) stderr.write(`Warning: ${problemText(problem)}\n`);
  const more = problems.length - mostProblems;
  if (more > 0)
    stderr.write(`Warning: ${counted(more, 'further problem')}; \`clawfleet validate\` lists them.\n`);
  return reader;
}

/** The fleet's own record; throws when there is none yet. */
export function requireFleet(reader: SourceReader, config: SourceConfig): FleetState {
  const fleet = reader.fleet();
  if (fleet) return fleet;
  throw new UserError(
    `There is no fleet in ${sourceLocation(config).state} yet.`,
    '`clawfleet run` makes it.',
  );
}
