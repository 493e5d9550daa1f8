import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { type Droplet, newDroplet } from './support/droplet.ts';
import { demandPassed } from './support/outside-check.ts';
import { limit } from './support/private-root.ts';

const units = ['openclaw-bot.service', 'openclaw-bootstrap.service'];

test('systemd understands the units, and finds the runner well enclosed', limit, async (t) => {
  const droplet = await bootedDroplet(t);
  const texts = new Map(units.map((name) => [name, unitText(droplet, name)]));
  demandPassed(t, 'systemd-analyze', texts, (analyze) => {
    const [runner = '', ...others] = units.map((name) => droplet.root.write(texts.get(name) ?? '', name));
    const verified = run(analyze, ['verify', '--man=no', runner, ...others]);
    assert.doesNotMatch(verified.output, /openclaw-/);
    // 10 is no protection at all, 2 is 20 in tenths.
    const judged = run(analyze, ['security', '--offline=true', '--threshold=20', '--no-pager', runner]);
    assert.equal(judged.code, 0, judged.output);
  });
});

/** As a boot leaves it. */
async function bootedDroplet(t: TestContext): Promise<Droplet> {
  const droplet = await newDroplet(t);
  droplet.root.write('', 'break-git'); // else the bootstrap would be over, its unit without use
  await droplet.boot();
  return droplet;
}

/** With programs that are on every machine. */
function unitText({ root }: Droplet, name: string): string {
  const text = root.read('etc', 'systemd', 'system', name);
  return text.replaceAll(/^ExecStart=.*$/gm, 'ExecStart=/bin/true').replaceAll(root.directory, '');
}

function run(command: string, args: readonly string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return { code: status, output: stdout + stderr };
}
