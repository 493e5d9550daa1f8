import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { findProgram, reasonWithout, type SystemProgram } from '../../lab/required.ts';

const recording = process.execArgv.includes('--test-update-snapshots');

/**
 * Demands that texts, by their titles, pass a checker that no npm package ships. `check` runs it. Where it is not
 * installed, the texts must be those that passed last, whose digests stand in `passed-NAME.txt` beside the tests.
 */
export function demandPassed(
  t: TestContext,
  name: SystemProgram,
  texts: ReadonlyMap<string, string>,
  check: (program: string) => void,
): void {
  const record = path.join(import.meta.dirname, '..', `passed-${name}.txt`);
  const digests = [...texts].map(([title, text]) => `${digestOf(text)}  ${title}\n`).join('');
  const unchanged = !recording && readFileSync(record, 'utf8') === digests;
  const program = findProgram(name);
  if (program === undefined) {
    if (!unchanged) t.skip(reasonWithout(name));
    return;
  }
  check(program);
  if (recording) writeFileSync(record, digests);
  else assert.ok(unchanged, `${name} passes these texts as they are now. Keep that: ${recordCommand(t)}`);
}

function recordCommand({ filePath = '' }: TestContext): string {
  return `node --import tsx --test --test-update-snapshots ${path.relative('', filePath)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
