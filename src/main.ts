import type { CliContext, InterruptSignal } from './cli/cli-context.ts';
import { keepCompiledCode } from './cli/compile-cache.ts';

// Before anything big is loaded: hence the imports below that are calls.
keepCompiledCode(process.env);

/** What a shell reports for a process that a signal ended. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

let exitCode = 0;
let drain: ((signal: InterruptSignal) => void) | undefined;

const context: CliContext = {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Date.now(),
  onInterrupt(draining) {
    drain = draining;
  },
  finish(code) {
    exitCode = code;
  },
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const draining = drain;
    if (!draining) process.exit(signalExitCodes[signal]);
    drain = undefined;
    draining(signal);
  });
}

// The reader went away (`clawfleet get bots | head`): nothing is left to do, and nothing is wrong.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode);
  throw error;
});

// Adapters' timers do not keep the process alive; a command that waits for them does. Ends with the exit below.
setInterval(() => undefined, 2_147_483_647);

try {
  const argv = process.argv.slice(2);
  const { buildProgram } = await import('./cli/program.ts');
  const program = await buildProgram(argv, context);
  await program.parseAsync(argv, { from: 'user' });
} catch (error) {
  exitCode = await tell(error);
}
await flushed(process.stdout);
await flushed(process.stderr);
process.exit(exitCode);

async function tell(error: unknown): Promise<number> {
  const { explainFailure } = await import('./cli/explain-failure.ts');
  const failure = explainFailure(error);
  if (!failure) return 0;
  if (failure.message) process.stderr.write(`Error: ${failure.message}\n`);
  if (failure.next) process.stderr.write(`${failure.next}\n`);
  if (process.env['CLAWFLEET_DEBUG'] && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
    if (error.cause) process.stderr.write(`Cause: ${String(error.cause)}\n`);
  }
  return failure.exitCode;
}

/** Until what was written before has left: an exit would cut off a pipe that reads slowly. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()));
}
