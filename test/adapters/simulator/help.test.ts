import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminRoutes } from '../../../src/adapters/simulator/admin/admin-routes.ts';
import { FaultRuleSchema, faultEffects } from '../../../src/adapters/simulator/faults/fault-rule.ts';
import { defaultSettings, SettingsSchema } from '../../../src/adapters/simulator/settings.ts';
import { rig } from './support.ts';

function help(): string {
  const { raw } = rig();
  const answer = raw('GET', '/_simulator/help');
  assert.ok(answer.kind === 'response' && answer.status === 200);
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain/);
  return answer.body;
}

test('the help names every route, setting, fault and field of a fault, each with a word on it', () => {
  const text = help();
  const names = [
    ...adminRoutes.map(({ method, path }) => `${method} ${path}`),
    ...Object.keys(defaultSettings),
    ...Object.keys(faultEffects),
    ...Object.keys(FaultRuleSchema.properties),
  ];
  for (const name of names) {
    const line = text.split('\n').find((each) => each.startsWith(`  ${name} `));
    assert.match(line ?? name, /^ {2}.*\S {2,}\S/, `${name} without a word`);
  }
  assert.deepEqual(Object.keys(SettingsSchema.properties).sort(), Object.keys(defaultSettings).sort());
});

test('every sequence of the help works as it stands there', () => {
  const { call, make } = rig();
  make('bot');
  const commands = [...help().matchAll(/curl -X (\S+) \$SIMULATOR(\S+)(?: -d '(.*)')?/g)];
  assert.ok(commands.length >= 20);
  for (const [command, method = '', path = '', body] of commands) {
    const { status } = call(method, path, body);
    assert.ok(status === 200 || status === 204, `${command}: ${status}`);
  }
});
