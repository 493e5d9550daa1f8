import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateDirectory } from './state-file.ts';

/** What `run` was last given here, so that the other commands need not be told again. */
export interface LastRun {
  readonly source: string;
  readonly stateFile: string;
}

const fileName = 'last-run.json';

export function rememberRun(run: LastRun, cwd: string): void {
  mkdirSync(join(cwd, stateDirectory), { recursive: true });
  const { source, stateFile } = run;
  writeFileSync(join(cwd, stateDirectory, fileName), `${JSON.stringify({ source, stateFile })}\n`);
}

/** Undefined when nothing ran here, or when the note makes no sense. */
export function recallRun(cwd: string): LastRun | undefined {
  const file = join(cwd, stateDirectory, fileName);
  if (!existsSync(file)) return undefined;
  const note = parsed(readFileSync(file, 'utf8'));
  if (typeof note?.['source'] !== 'string' || typeof note['stateFile'] !== 'string') return undefined;
  return { source: note['source'], stateFile: note['stateFile'] };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // A note cut short by a crash: as good as none.
  }
}
