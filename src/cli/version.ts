import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { CliContext } from './cli-context.ts';
import { examples } from './flags.ts';
import { printTo } from './output.ts';

export function defineVersion(command: Command, context: CliContext): void {
  examples(command, ['clawfleet version']).action(() =>
    printTo(context.stdout, `clawfleet ${packageVersion()} (Node.js ${process.versions.node})`),
  );
}

/** From the package.json above both `src` and `dist`. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { readonly version: unknown }).version);
}
