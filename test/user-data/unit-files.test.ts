import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { newDroplet } from './support/droplet.ts';
import { findCommand } from './support/private-root.ts';

const analyze = findCommand('systemd-analyze');
const options = {
  timeout: 30_000,
  skip: analyze === undefined ? 'systemd-analyze is not on PATH' : false,
};

test('systemd understands the units, and finds the runner well enclosed', options, async (t) => {
  const units = await installedUnits(t);
  const verified = systemdAnalyze('verify', '--man=no', ...units.values());
  assert.doesNotMatch(verified.output, /openclaw-/);
  // 10 is no protection at all, 2 is 20 in tenths.
  const runner = units.get('openclaw-bot.service') ?? 'missing';
  const judged = systemdAnalyze('security', '--offline=true', '--threshold=20', '--no-pager', runner);
  assert.equal(judged.code, 0, judged.output);
});

/** Paths of the units as a boot leaves them, with programs that are on this machine. */
async function installedUnits(t: TestContext): Promise<Map<string, string>> {
  const droplet = await newDroplet(t);
  droplet.root.write('', 'break-git'); // else the bootstrap would be over, its unit without use
  await droplet.boot();
  const names = ['openclaw-bot.service', 'openclaw-bootstrap.service'];
  return new Map(
    names.map((name) => {
      const text = droplet.root.read('etc', 'systemd', 'system', name);
      return [name, droplet.root.write(text.replaceAll(/^ExecStart=.*$/gm, 'ExecStart=/bin/true'), name)];
    }),
  );
}

function systemdAnalyze(...args: readonly string[]): { code: number | null; output: string } {
  const run = spawnSync(analyze ?? '', args, { encoding: 'utf8', timeout: 20_000 });
  return { code: run.status, output: run.stdout + run.stderr };
}
