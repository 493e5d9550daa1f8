import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, whatever its exit code. */
export async function ended(
  program: string,
  args: readonly string[],
  { stdin = '', env = {} }: Surroundings = {},
): Promise<Ended> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined); // It may end without reading.
  child.stdin.end(stdin);
  return { code: await code, stdout: await stdout, stderr: await stderr };
}

/** What a program prints that must succeed. */
export async function printed(
  program: string,
  args: readonly string[],
  around: Surroundings = {},
): Promise<string> {
  const { code, stdout, stderr } = await ended(program, args, around);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}
