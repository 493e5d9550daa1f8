import type { Command } from 'commander';
import { type Preparation, prepareMongoDB } from '../../compose/sources/look-at-mongodb.ts';
import { readSourceConfig, sourceLocation } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { usageError } from '../../config/user-error.ts';
import { type CliContext, prepare } from '../cli-context.ts';
import { examples, sourceFlags } from '../flags.ts';
import { renderTable } from '../text/table.ts';
import { type Paint, paintFor, printTo } from '../text/terminal.ts';

export function defineMongoDB(command: Command, context: CliContext): void {
  const description =
    'Make collections, validators and indexes, as far as the server has them. Changes no document.';
  const lines = [
    'MONGODB_URI=mongodb://USER:PASSWORD@HOST/DATABASE clawfleet mongodb init',
    'clawfleet mongodb init --source mongodb://127.0.0.1:27017/clawfleet --collections bots=openclaw_bots',
  ];
  const order = sourceFlags(prepare(command.command('init').description(description), context));
  examples(order, lines).action((flags: SourceFlags) => init(flags, context));
  examples(command, lines);
}

async function init(flags: SourceFlags, context: CliContext): Promise<void> {
  const config = readSourceConfig({ ...flags, source: flags.source ?? 'mongodb' }, context);
  if (config.kind !== 'mongodb')
    throw usageError('`mongodb init` is for a MongoDB as source.', 'Give --source mongodb and MONGODB_URI.');
  const steps = await prepareMongoDB(config);
  await printTo(context.stdout, shown(sourceLocation(config).source, steps, paintFor(context.stdout)));
}

function shown(place: string, steps: readonly Preparation[], paint: Paint): string {
  const table = renderTable(
    [
      { header: 'WHAT', cell: ({ subject }) => subject },
      { header: 'DONE', cell: ({ done }) => done.join(', ') },
      {
        header: 'LACKING',
        cell: ({ lacks }) => ({ text: lacks.join(', '), style: lacks.length > 0 ? 'yellow' : undefined }),
      },
    ],
    steps,
    { paint },
  );
  return `${table}\n\nReady: ${place}`;
}
