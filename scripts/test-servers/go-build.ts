import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Commands of a Go module, at one version. */
export interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** Package of each, by the name of the file to make. */
  readonly commands: Readonly<Record<string, string>>;
  readonly linkerFlags?: string;
  /** Version of the modules that this one takes from beside itself (required as v0.0.0). */
  readonly siblingVersion?: string;
}

/** Builds into `directory`; the checksums of all modules are Go's own business (GOSUMDB). Says what it does. */
export async function goBuild(
  program: GoProgram,
  directory: string,
  say: (line: string) => void,
): Promise<void> {
  const { module, version, commands, linkerFlags = '' } = program;
  const workspace = mkdtempSync(join(tmpdir(), 'clawfleet-go-'));
  const go = (...args: readonly string[]) => promisify(execFile)('go', args, { cwd: workspace });
  try {
    await go('mod', 'init', 'testservers');
    await go('mod', 'edit', `-require=${module}@${version}`, ...(await replacements(program, go)));
    for (const [name, path] of Object.entries(commands)) {
      say(`Building ${name} ${version}`);
      const flags = ['-mod=mod', '-trimpath', `-ldflags=-s -w ${linkerFlags}`];
      await run('go', ['build', ...flags, '-o', join(directory, name), path], workspace);
    }
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

type Go = (...args: readonly string[]) => Promise<{ readonly stdout: string }>;

/** Outside its own repository a module finds no siblings; they are published under a version of their own. */
async function replacements(
  { module, version, siblingVersion }: GoProgram,
  go: Go,
): Promise<readonly string[]> {
  if (siblingVersion === undefined) return [];
  const { GoMod } = JSON.parse((await go('mod', 'download', '-json', `${module}@${version}`)).stdout);
  const { Require } = JSON.parse((await go('mod', 'edit', '-json', GoMod)).stdout);
  return (Require as readonly { readonly Path: string; readonly Version: string }[])
    .filter(({ Version }) => Version === 'v0.0.0')
    .map(({ Path }) => `-replace=${Path}=${Path}@${siblingVersion}`);
}

/** With its output on our stderr: it takes minutes, and tells of downloads and errors. */
async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0' };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}
