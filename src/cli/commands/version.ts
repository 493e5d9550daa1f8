import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { examples } from '../flags.ts';
import { printTo } from '../text/output.ts';
import { versionText } from '../view/version-text.ts';

export function defineVersion(command: Command, context: CliContext): void {
  examples(command, ['clawfleet version']).action(() => printTo(context.stdout, versionText()));
}
