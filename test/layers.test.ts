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

  const violations = [
    ['model', '../controller/controller.ts', /Layers: model/],
    ['controller', '../bot-api/bot-api.ts', /Layers: the controller/],
    ['bot-api', '../adapters/system/system-clock.ts', /Layers: bot-api/],
    ['bot-api', '../controller/controller.ts', /Layers: bot-api/],
    ['election', '../adapters/system/system-clock.ts', /Layers: the election/],
    ['adapters/mongodb', '../kubernetes/client/kube-error.ts', /Layers: an adapter/],
    ['adapters/kubernetes', '../mongodb/client/mongo-error.ts', /Layers: an adapter/],
  ] as const;

  for (const [layer, forbidden, told] of violations) {
    it(`are held by the linter: ${layer} that imports ${forbidden} fails it`, () => {
      const file = join(root, 'src', layer, `layer-violation-${process.pid}.ts`);
      writeFileSync(
        file,
        `import * as forbidden from '${forbidden}';\n\nexport const violation = forbidden;\n`,
      );
      const biome = join(root, 'node_modules', '.bin', 'biome');
      try {
        assert.throws(
          () => execFileSync(biome, ['lint', file], { cwd: root, stdio: 'pipe' }),
          (error: { stderr?: Buffer; stdout?: Buffer }) => told.test(`${error.stderr}${error.stdout}`),
        );
      } finally {
        rmSync(file);
      }
    });
  }
});
