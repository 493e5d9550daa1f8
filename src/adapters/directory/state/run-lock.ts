import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy, refusal, storeError } from './store-error.ts';

export interface RunLock {
  release(): void;
}

/**
 * Takes the lock that admits one controller to a state file. It is an exclusive transaction held open on a
 * database of its own, so the operating system frees it however the process ends, and readers of the state
 * are not concerned. Who holds it is written beside it, in `<lock>.holder`, for the message alone.
 */
export function takeRunLock(stateFile: string, since: string): RunLock {
  const file = `${stateFile}.lock`;
  const holderFile = `${file}.holder`;
  const db = openLock(file);
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, host: hostname(), since }));
  } catch (error) {
    db.close();
    throw isBusy(error) ? lockedBy(stateFile, holderFile) : storeError(error, `lock ${file}`);
  }
  return {
    release() {
      rmSync(holderFile, { force: true });
      db.close();
    },
  };
}

function openLock(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw storeError(error, `lock ${file}`);
  }
}

function lockedBy(stateFile: string, holderFile: string) {
  const holder = holderOf(holderFile);
  return refusal(
    'StateLocked',
    `${stateFile} is in use by another controller${holder}: stop that one, or give this one another --state file`,
  );
}

function holderOf(holderFile: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(holderFile, 'utf8')) as Record<string, unknown>;
    return ` (pid ${pid} on ${host}, since ${since})`;
  } catch {
    // Only a courtesy: the holder may be writing or removing it at this moment.
    return '';
  }
}
