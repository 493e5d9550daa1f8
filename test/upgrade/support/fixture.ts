import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { later, type Places, withoutPlaces, withPlaces } from './fixture-text.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** A fleet as an earlier release left it: text files, in which `@NAME@` stands for a place of the machine. */
export class Fixture {
  /** Epoch milliseconds. */
  readonly writtenAt: number;
  readonly #directory: string;
  readonly #ageSeconds: number;

  /** `path`: below `test/upgrade/fixtures`, such as `05e6015/directory`. */
  constructor(path: string) {
    this.#directory = join(fixtures, path);
    this.writtenAt = Date.parse(readFileSync(join(this.#directory, 'written-at'), 'utf8').trim());
    this.#ageSeconds = Math.floor((Date.now() - this.writtenAt) / 1_000);
  }

  /** Which files there are in a folder of it. */
  names(folder: string): readonly string[] {
    return readdirSync(join(this.#directory, folder));
  }

  /** A file as the release would have written it here, a moment ago. */
  text(file: string, places: Places = {}): string {
    const text = readFileSync(join(this.#directory, file), 'utf8');
    return withPlaces(later(text, this.#ageSeconds), places);
  }

  /** A file as the release wrote it, with its own times. */
  original(file: string, places: Places = {}): string {
    return withPlaces(readFileSync(join(this.#directory, file), 'utf8'), places);
  }
}

/** Keeps a fleet as it is now; by `write-fixtures`. */
export function keepFixture(path: string, files: Readonly<Record<string, string>>, places: Places): void {
  const all = { ...files, 'written-at': `${new Date().toISOString()}\n` };
  for (const [name, text] of Object.entries(all)) {
    const file = join(fixtures, path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, withoutPlaces(text, places));
  }
}
