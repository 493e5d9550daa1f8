import type { Command } from 'commander';
import type { Surroundings } from '../config/sources/source-kind.ts';

export type InterruptSignal = 'SIGINT' | 'SIGTERM';

/** What a command may touch of the process it runs in; `main` owns the process itself. */
export interface CliContext extends Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Wall time, epoch milliseconds. */
  now(): number;
  /** The first SIGINT or SIGTERM calls `drain` instead of quitting; a second one quits all the same. */
  onInterrupt(drain: (signal: InterruptSignal) => void): void;
  /** What the process exits with once the command has returned; 0 unless set. */
  finish(exitCode: number): void;
}

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
