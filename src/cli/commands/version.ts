import type { Command } from 'commander';
import { versionText } from '../../compose/version.ts';
import type { CliContext } from '../cli-context.ts';
import { examples } from '../flags.ts';
import { printTo } from '../text/terminal.ts';

export function defineVersion(command: Command, context: CliContext): void {
  examples(command, ['clawfleet version']).action(() => printTo(context.stdout, versionText()));
}
