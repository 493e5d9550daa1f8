import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

/** One line of the state file, parsed. */
export interface StateLine {
  readonly kind: string;
  readonly record: unknown;
}

/**
 * The cloud's content across restarts: lines of JSON, each the newest version of one record. A line is
 * written before the answer that it belongs to is sent, so a kill -9 of the process loses nothing that was
 * answered; lines are not synced, so a crash of the machine may lose some.
 */
export class StateFile {
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The kept lines. A last line torn by a kill was never answered and is left
   * out. Throws on any other damage.
   */
  read(): StateLine[] {
    if (!existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    lines.pop();
    return lines.map((line, at) => parseLine(line, `${this.#path}:${at + 1}`));
  }

  /** Replaces everything kept by `lines`, atomically. */
  rewrite(lines: readonly string[]): void {
    const fresh = `${this.#path}.tmp`;
    const descriptor = openSync(fresh, 'w', 0o600);
    write(descriptor, lines);
    renameSync(fresh, this.#path);
    this.close();
    this.#descriptor = descriptor;
  }

  append(lines: readonly string[]): void {
    if (lines.length > 0 && this.#descriptor !== undefined) write(this.#descriptor, lines);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function parseLine(line: string, where: string): StateLine {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`the simulator's state is damaged at ${where}: not JSON`, { cause });
  }
}

function write(descriptor: number, lines: readonly string[]): void {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
