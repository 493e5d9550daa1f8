import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installCopy } from './install-copy.ts';

/** Where an experiment with real processes takes place: a directory of its own, and an end that cleans up. */
export interface Lab {
  /** The launcher of a build of this checkout that later edits do not touch. */
  readonly program: string;
  /** A new empty directory; removed with the lab. */
  readonly directory: (name: string) => string;
  /** Everything to be ended with the lab, last first. */
  readonly ends: AsyncDisposableStack;
  /** Says how far things are, on stderr. */
  readonly say: (text: string) => void;
  [Symbol.asyncDispose](): Promise<void>;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface LabOptions {
  /** Leaves the directory behind, and says where it is. */
  readonly keep?: boolean;
}

/** Builds the program and opens a lab. A signal ends whatever it started, then the process. */
export function openLab(say: (text: string) => void, { keep = false }: LabOptions = {}): Lab {
  const root = mkdtempSync(join(tmpdir(), 'clawfleet-lab-'));
  const ends = new AsyncDisposableStack();
  ends.defer(() => {
    if (keep) say(`kept: ${root}`);
    else rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const leave = () => void ends.disposeAsync().finally(() => process.exit(exitCodes[signal]));
    process.once(signal, leave);
    ends.defer(() => void process.removeListener(signal, leave));
  }
  say('building');
  return {
    program: installCopy(join(root, 'installed')),
    directory: (name) => mkdtempSync(join(root, `${name}-`)),
    ends,
    say,
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  };
}
