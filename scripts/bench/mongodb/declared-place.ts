import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';

/** A place in which bots are declared, empty but for an account with room for any number of them. */
export interface DeclaredPlace {
  /** For the names of figures. */
  readonly name: 'directory' | 'mongodb';
  /** What bots are there. */
  readonly unit: 'files' | 'documents';
  /** Flags of `clawfleet run` that name it. */
  readonly source: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  declare(names: readonly string[]): void | Promise<void>;
  edit(name: string, spec: Partial<BotSpec>): void | Promise<void>;
  /** How many bots are stored as Ready, which those that run are once they are DropletReady. */
  ready(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}
