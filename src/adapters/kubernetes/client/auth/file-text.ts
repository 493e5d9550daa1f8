import { readFile } from 'node:fs/promises';

/** A file's text that stays good while the file cannot be read, as happens when it is being replaced. */
export class FileText {
  readonly #file: string;
  readonly #onFailure: (error: unknown) => void;
  #text: string | undefined;

  constructor(file: string, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Reads it anew. Throws when it has never been read. */
  async read(): Promise<string> {
    try {
      const text = await readFile(this.#file, 'utf8');
      if (text.trim() !== '' || this.#text === undefined) this.#text = text;
    } catch (error) {
      if (this.#text === undefined) throw error;
      this.#onFailure(error);
    }
    return this.#text;
  }
}
