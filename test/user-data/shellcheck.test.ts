import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bootstrapScript } from '../../src/adapters/system/bootstrap-script.ts';
import { renderUserData } from '../../src/user-data/render-user-data.ts';
import { demandPassed } from './support/outside-check.ts';
import { limit, PrivateRoot } from './support/private-root.ts';
import { exampleInput } from './user-data-example.ts';

const project = path.join(import.meta.dirname, '..', '..');
const scripts = ['src/adapters/system/bootstrap.sh', 'scripts/clawfleet', '.ci/run'];

test(
  'the shell scripts of the project, and those that the bootstrap writes, pass shellcheck',
  limit,
  async (t) => {
    const root = new PrivateRoot();
    t.after(() => root.remove());
    const texts = new Map(scripts.map((file) => [file, readFileSync(path.join(project, file), 'utf8')]));
    // No one listens there: the scripts are written all the same.
    const input = { ...exampleInput, bootstrapScript, controlPlaneURL: 'http://127.0.0.1:9' };
    await root.run(root.write(renderUserData(input), 'part-001'));
    for (const file of ['usr/local/lib/openclaw/agent', 'opt/openclaw/health.sh'])
      texts.set(file, root.read(file).replaceAll(root.directory, ''));

    demandPassed(t, 'shellcheck', texts, (shellcheck) => {
      for (const [title, text] of texts) {
        const run = spawnSync(shellcheck, ['-'], { input: text, encoding: 'utf8', timeout: 20_000 });
        assert.equal(run.status, 0, `${title}: ${run.stdout}${run.stderr}`);
      }
    });
  },
);
