import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type DirectoryOptions,
  type DirectorySource,
  directorySource,
} from '../../../src/adapters/directory/directory-source.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import type { ResourceKey } from '../../../src/model/resource-key.ts';
import { type DeclaredObject, Told } from '../../contract/source-bed.ts';

/** A directory of manifests with its state file beside it, and one source on them at a time. */
export class DirectoryBed {
  readonly implicitDeletion = true;
  readonly badSpecsCount = false;
  readonly base = mkdtempSync(join(tmpdir(), 'clawfleet-directory-'));
  readonly directory = join(this.base, 'bots');
  readonly stateFile = join(this.base, 'state', 'fleet.db');
  told = new Told();
  #source: DirectorySource | undefined;

  constructor() {
    mkdirSync(this.directory);
  }

  get source(): DirectorySource {
    if (!this.#source) throw new Error('no source is open');
    return this.#source;
  }

  open(options: Partial<DirectoryOptions> = {}): DirectorySource {
    this.#source = directorySource({
      directory: this.directory,
      stateFile: this.stateFile,
      clock: systemClock,
      chance: seededChance(1),
      synchronous: 'OFF',
      ...options,
    });
    return this.#source;
  }

  /** Starts a source that finds changes by `rescan` alone, unless told otherwise. */
  async start(options: Partial<DirectoryOptions> = {}): Promise<DirectorySource> {
    await this.#source?.stop();
    this.told = new Told();
    const source = this.open({ watch: false, ...options });
    await source.start(this.told);
    return source;
  }

  write(path: string, ...documents: (string | DeclaredObject)[]): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    const texts = documents.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    writeFileSync(file, texts.join('\n---\n'));
  }

  erase(path: string): void {
    rmSync(join(this.directory, path), { recursive: true });
  }

  bot(name: string): BotRecord {
    const record = this.source.bot(`default/${name}` as ResourceKey);
    if (!record) throw new Error(`${name} is not there`);
    return record;
  }

  async declare(object: DeclaredObject): Promise<void> {
    this.write(fileOf(object), object);
  }

  async remove(object: DeclaredObject): Promise<void> {
    this.erase(fileOf(object));
  }

  async close(): Promise<void> {
    await this.#source?.stop();
    rmSync(this.base, { recursive: true, force: true });
  }
}

function fileOf({ kind, metadata }: DeclaredObject): string {
  return `${kind}-${metadata.name}.yaml`.toLowerCase();
}
