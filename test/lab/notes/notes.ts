import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder in which the tests of one run note what was secret and what was shown; unset: nothing is noted. */
const variable = 'CLAWFLEET_TEST_NOTES';
/** Anything shorter turns up by chance. */
const shortest = 12;

/** A secret that stands where it must not. */
export interface Leak {
  /** What was shown, such as `stderr of run --source bots`. */
  readonly where: string;
  /** What the secret is. It is not told itself. */
  readonly what: string;
}

/** Something that tests went without. */
export interface LeftOut {
  /** Such as `shellcheck`. */
  readonly missing: string;
  /** The command that brings it. */
  readonly remedy: string;
}

interface Note {
  readonly name: string;
  readonly text: string;
}

/** A token of the cloud for tests, which can be told from other words. */
export const cloudToken = `dop_v1_${randomBytes(32).toString('hex')}`;

/** Opens the notes of a run; processes started from now on take part. */
export function openNotes(): void {
  process.env[variable] = mkdtempSync(join(tmpdir(), 'clawfleet-notes-'));
}

/** Something that must never be shown; a text too short to be told from others is none. */
export function noteSecret(name: string, text: string): void {
  if (text.length >= shortest) append('secrets', { name, text });
}

/** What was noted already: tests ask the same again and again. */
const known = new Set<string>();

/** Something that people, or other programs, get to see. */
export function noteShown(name: string, text: string): void {
  if (text !== '') append('shown', { name, text });
}

/** Tests were skipped because something is missing; the run ends with a line that says what brings it. */
export function noteLeftOut({ missing, remedy }: LeftOut, env: NodeJS.ProcessEnv = process.env): void {
  append('left-out', { name: missing, text: remedy }, env);
}

/** Looks every secret up in all that was shown, and takes the notes away. `secrets`: how many there were. */
export function closeNotes(): {
  readonly leftOut: readonly LeftOut[];
  readonly secrets: number;
  readonly shown: number;
  readonly leaks: readonly Leak[];
} {
  const folder = process.env[variable];
  if (folder === undefined) throw new Error('no notes were opened');
  delete process.env[variable];
  try {
    const secrets = new Map(notesIn(folder, 'secrets').map(({ name, text }) => [text, name]));
    const shown = notesIn(folder, 'shown');
    const leftOut = new Map(notesIn(folder, 'left-out').map(({ name, text }) => [name, text]));
    return {
      leftOut: [...leftOut].map(([missing, remedy]) => ({ missing, remedy })),
      secrets: secrets.size,
      shown: shown.length,
      leaks: leaksOf(secrets, shown),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function leaksOf(secrets: ReadonlyMap<string, string>, shown: readonly Note[]): Leak[] {
  return shown.flatMap(({ name: where, text }) =>
    [...secrets].filter(([secret]) => text.includes(secret)).map(([, what]) => ({ where, what })),
  );
}

/** A file for each process: none waits for another. */
function append(kind: string, note: Note, env: NodeJS.ProcessEnv = process.env): void {
  const folder = env[variable];
  if (folder === undefined) return;
  const line = JSON.stringify(note);
  const digest = createHash('sha256').update(`${folder} ${kind} ${line}`).digest('base64');
  if (known.has(digest)) return;
  known.add(digest);
  appendFileSync(join(folder, `${kind}-${process.pid}`), `${line}\n`);
}

function notesIn(folder: string, kind: string): Note[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${kind}-`));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Note);
}
