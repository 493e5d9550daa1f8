import type { Command } from 'commander';
import { version } from '../compose/version.ts';
import type { CliContext } from './cli-context.ts';
import { examples } from './flags.ts';
import { printTo } from './output.ts';

export function defineVersion(command: Command, context: CliContext): void {
  examples(command, ['clawfleet version']).action(() =>
    printTo(context.stdout, `clawfleet ${version} (Node.js ${process.versions.node})`),
  );
}
