import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(root, 'src', file), 'utf8') }));

function filesWith(pattern: RegExp, allowed: RegExp): string[] {
  return sources
    .filter(({ file, text }) => pattern.test(text) && !allowed.test(file))
    .map(({ file }) => file);
}

describe('the layers', () => {
  it('leave process.exit to main', () => {
    assert.deepEqual(filesWith(/process\.exit\(/, /^main\.ts$/), []);
  });

  it('leave the clock and chance to their ports', () => {
    const direct = /\bDate\.now\(|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|\bperformance\.now\(/;
    assert.deepEqual(filesWith(direct, /^(adapters\/system\/|cli\/|compose\/|main\.ts)/), []);
  });

  it('are held by the linter: a violation fails it', () => {
    const file = join(root, 'src', 'model', 'layer-violation.ts');
    writeFileSync(
      file,
      "import { createController } from '../controller/controller.ts';\n\nexport const violation = createController;\n",
    );
    try {
      assert.throws(
        () =>
          execFileSync(join(root, 'node_modules', '.bin', 'biome'), ['lint', file], {
            cwd: root,
            stdio: 'pipe',
          }),
        (error: { stderr?: Buffer; stdout?: Buffer }) =>
          /Layers: model/.test(`${error.stderr}${error.stdout}`),
      );
    } finally {
      rmSync(file);
    }
  });
});
