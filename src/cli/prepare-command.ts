import type { Command } from 'commander';
import type { CliContext } from './cli-context.ts';

/** Errors are thrown, not exited with; whatever commander prints goes through the context. */
export function prepare(command: Command, context: CliContext): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      // Told by `main`, in the same form as every other error.
      outputError: () => undefined,
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    });
}
