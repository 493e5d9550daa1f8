import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceNote } from './sources/source-kind.ts';
import { stateDirectory } from './state-file.ts';

export interface LastRun {
  readonly kind: string;
  readonly note: SourceNote;
}

const fileName = 'last-run.json';

/** Stores the note of what `run` was given here. */
export function storeRun({ kind, note }: LastRun, cwd: string): void {
  mkdirSync(join(cwd, stateDirectory), { recursive: true });
  writeFileSync(join(cwd, stateDirectory, fileName), `${JSON.stringify({ kind, ...note })}\n`);
}

/** Undefined when nothing ran here, or when the note makes no sense. */
export function recallRun(cwd: string): LastRun | undefined {
  const file = join(cwd, stateDirectory, fileName);
  if (!existsSync(file)) return undefined;
  const { kind, ...note } = textsIn(parsed(readFileSync(file, 'utf8')));
  return kind === undefined ? undefined : { kind, note };
}

function textsIn(fields: Readonly<Record<string, unknown>>): SourceNote {
  const texts = Object.entries(fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // A note cut short by a crash: as good as none.
  }
}
