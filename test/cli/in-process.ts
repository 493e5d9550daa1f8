import { Writable } from 'node:stream';
import type { CliContext } from '../../src/cli/cli-context.ts';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { noteCommand } from '../lab/notes/note-command.ts';
import type { Outcome, Surroundings } from './clawfleet.ts';

/** Runs a command as `main` does, but in this process: a quarter of a second sooner. */
export async function inProcess(
  args: readonly string[],
  { cwd, env = {}, stdin = process.stdin }: Surroundings & { readonly stdin?: NodeJS.ReadStream },
): Promise<Outcome> {
  const stdout = collector();
  const stderr = collector();
  let code = 0;
  const context: CliContext = {
    cwd,
    env,
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    now: () => Date.now(),
    onInterrupt: () => undefined,
    finish(exitCode) {
      code = exitCode;
    },
  };
  try {
    const program = await buildProgram(args, context);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const failure = explainFailure(error);
    code = failure?.exitCode ?? 0;
    if (failure) stderr.stream.write(`Error: ${failure.message}\n${failure.next ? `${failure.next}\n` : ''}`);
  }
  const written = { stdout: stdout.text(), stderr: stderr.text() };
  noteCommand({ args, env }, written);
  return { code, signal: null, ...written };
}

function collector(): { stream: NodeJS.WriteStream; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream: stream as NodeJS.WriteStream, text: () => chunks.join('') };
}
