import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';

/** Paths of PEM files: the certificate with its chain, and its key. */
export interface TLSFiles {
  readonly cert: string;
  readonly key: string;
}

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Throws when a file cannot be read, or the two do not belong together. */
export async function readKeyPair({ cert, key }: TLSFiles): Promise<KeyPair> {
  const pair = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  createSecureContext(pair);
  return pair;
}

/**
 * Looks at the files every so often, and hands over what they hold when that has changed. Files that make no pair, such as
 * when only one of them is written yet, are told once; what was good before stays in use. Returns the way to stop.
 */
export function watchKeyPair(
  files: TLSFiles,
  { clock, log, everyMs }: { readonly clock: Clock; readonly log: Log; readonly everyMs: number },
  present: KeyPair,
  use: (pair: KeyPair) => void,
): Cancel {
  let known = present;
  let isFailing = false;
  let isOver = false;
  let cancel: Cancel = () => undefined;
  const look = async () => {
    try {
      const pair = await readKeyPair(files);
      isFailing = false;
      if (pair.cert !== known.cert || pair.key !== known.key) {
        known = pair;
        use(pair);
        log.info({ cert: files.cert }, 'the certificate was loaded anew');
      }
    } catch (error) {
      if (!isFailing)
        log.warn({ ...files, err: error }, 'the certificate’s files cannot be used: the one before stays');
      isFailing = true;
    }
  };
  const plan = () => {
    if (isOver) return;
    cancel = clock.schedule(everyMs, () => void look().then(plan));
  };
  plan();
  return () => {
    isOver = true;
    cancel();
  };
}
