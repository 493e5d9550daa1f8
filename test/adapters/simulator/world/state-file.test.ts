import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DROPLET, json, rig } from '../support.ts';

function stateFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'cloud.jsonl');
}

test('a restart changes nothing: droplets, tags, actions, lives, account, and ids go on', (t) => {
  const file = stateFile(t);
  const first = rig({}, { file });
  const kept = first.make('kept', { tags: ['Fleet'], user_data: 'hello' });
  const gone = first.make('gone');
  first.act(kept, 'rename', { name: 'renamed' });
  first.call('DELETE', `/v2/droplets/${gone}`);
  const before = first.get(`/v2/droplets/${kept}`).body;
  const lives = first.simulator.lives.lives();
  first.simulator.close();

  const second = rig({}, { file });
  assert.deepEqual(second.get(`/v2/droplets/${kept}`).body, before);
  assert.equal(second.get(`/v2/droplets/${gone}`).status, 404);
  assert.equal(second.get('/v2/droplets?tag_name=fleet').body.meta.total, 1);
  assert.equal(second.get(`/v2/droplets/${kept}/actions`).body.meta.total, 2);
  assert.equal(second.simulator.userData(kept), 'hello');
  assert.equal(second.simulator.accountUUID, first.simulator.accountUUID);
  assert.deepEqual(second.simulator.lives.lives(), lives);
  assert.deepEqual(second.get('/v2/projects').body.projects, first.get('/v2/projects').body.projects);
  assert.ok(second.make('next') > gone);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('ids are never given out twice, even when every droplet is gone and forgotten', (t) => {
  const file = stateFile(t);
  const first = rig({}, { file });
  const id = first.make('short');
  first.call('DELETE', `/v2/droplets/${id}`);
  first.simulator.now();
  first.simulator.close();
  for (let run = 0; run < 2; run += 1) rig({}, { file }).simulator.close();
  assert.ok(rig({}, { file }).make('next') > id);
});

test('a droplet destroyed in the control panel stays destroyed', (t) => {
  const file = stateFile(t);
  const first = rig({}, { file });
  const id = first.make('bot', { user_data: 'hello' });
  first.simulator.destroy(id);
  first.simulator.close();
  const { simulator } = rig({}, { file });
  assert.deepEqual(simulator.droplets(), []);
  assert.equal(simulator.userData(id), undefined);
});

test('the cloud’s time never steps back over a restart', (t) => {
  const file = stateFile(t);
  const first = rig({}, { file });
  first.simulator.skip(3_600_000);
  first.make('bot');
  const before = first.simulator.now();
  first.simulator.close();
  assert.ok(rig({}, { file }).simulator.now() >= before);
});

test('what was under way goes on after a restart, and is done in its time', (t) => {
  const file = stateFile(t);
  const times = { bootMs: 10_000, deleteMs: 5_000, listLagMs: 2_000, actionMs: 4_000 };
  const first = rig(times, { file });
  const booting = first.make('booting');
  const dying = first.make('dying');
  first.call('DELETE', `/v2/droplets/${dying}`);
  first.simulator.close();

  const second = rig(times, { file });
  assert.equal(second.get('/v2/droplets').body.meta.total, 0);
  assert.equal(second.get(`/v2/droplets/${dying}`).status, 200);
  second.clock.move(5_000);
  assert.equal(second.get('/v2/droplets?name=booting').body.meta.total, 1);
  assert.equal(second.get(`/v2/droplets/${dying}`).status, 404);
  assert.equal(second.get(`/v2/droplets/${booting}`).body.droplet.status, 'new');
  second.clock.move(5_000);
  assert.equal(second.get(`/v2/droplets/${booting}`).body.droplet.status, 'active');
  second.act(booting, 'power_off');
  second.simulator.close();

  const third = rig(times, { file });
  third.clock.move(20_000);
  assert.equal(third.get(`/v2/droplets/${booting}`).body.droplet.status, 'off');
});

test('a last line torn by a kill is left out; any other damage is told with file and line', (t) => {
  const file = stateFile(t);
  const first = rig({}, { file });
  const id = first.make('bot');
  first.simulator.close();
  appendFileSync(file, '{"kind":"droplet","record":{"id":4000');
  assert.equal(rig({}, { file }).get(`/v2/droplets/${id}`).status, 200);
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [lines[0], 'garbage', ...lines.slice(1)].join('\n'));
  assert.throws(() => rig({}, { file }), /cloud\.jsonl:2: not JSON/);
});

test('a kill -9 amid creates loses no droplet that was answered', async (t) => {
  const file = stateFile(t);
  const script = fileURLToPath(new URL('../simulator-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const [url] = await once(lines, 'line');
  const answered: number[] = [];
  const ended = once(child, 'exit');
  for (let nth = 0; ; nth += 1) {
    if (nth === 40) child.kill('SIGKILL');
    const created = fetch(`${url}/v2/droplets`, {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
      body: JSON.stringify({ ...DROPLET, name: `bot-${nth}` }),
    });
    const response = await created.catch(() => undefined);
    if (response === undefined) break;
    answered.push((await json(response)).droplet.id);
  }
  await ended;
  assert.ok(answered.length >= 40);
  const { simulator } = rig({}, { file });
  const alive = new Set(simulator.droplets().map(({ id }) => id));
  assert.deepEqual(
    answered.filter((id) => !alive.has(id)),
    [],
  );
});
