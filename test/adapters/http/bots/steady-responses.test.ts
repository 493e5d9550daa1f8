import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, 'support/print-response-shapes.ts');

test('responses stay structs though a collection falls between the first calls of the process', async () => {
  const flags = ['--expose-gc', '--allow-natives-syntax', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script], { timeout: 60_000 });
  assert.deepEqual(
    JSON.parse(stdout),
    Array.from({ length: 10 }, () => true),
  );
});
