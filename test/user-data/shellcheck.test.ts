import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bootstrapScript } from '../../src/adapters/system/bootstrap-script.ts';
import { renderUserData } from '../../src/user-data/render-user-data.ts';
import { findCommand, PrivateRoot } from './support/private-root.ts';
import { exampleInput } from './user-data-example.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const shellcheck = findCommand('shellcheck');
// On a developer's machine it may be missing; where every change is checked it may not.
const skip = shellcheck === undefined && process.env['CI'] !== 'true' ? 'shellcheck is not on PATH' : false;

function check(file: string): void {
  assert.ok(shellcheck !== undefined, 'shellcheck is not on PATH, and CI=true demands it');
  const run = spawnSync(shellcheck, [file], { encoding: 'utf8', timeout: 20_000 });
  assert.equal(run.status, 0, run.stdout + run.stderr);
}

test('the shell scripts of the project pass shellcheck', { skip }, () => {
  for (const file of ['src/adapters/system/bootstrap.sh', 'scripts/clawfleet', '.ci/run'])
    check(path.join(project, file));
});

test('the scripts that the bootstrap writes to a droplet pass shellcheck', { skip }, async () => {
  const root = new PrivateRoot();
  try {
    // No one listens there: the scripts are written all the same.
    const input = { ...exampleInput, bootstrapScript, controlPlaneURL: 'http://127.0.0.1:9' };
    await root.run(root.write(renderUserData(input), 'part-001'));
    check(root.path('usr', 'local', 'lib', 'openclaw', 'agent'));
    check(root.path('opt', 'openclaw', 'health.sh'));
  } finally {
    await root.remove();
  }
});
