import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pinoLog } from '../../../src/adapters/system/pino-log.ts';

function collect() {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
}

test('an event is one line of JSON with the bot’s key and a readable time and level', () => {
  const sink = collect();
  pinoLog('info', sink).warn({ bot: 'default/alpha', reason: 'PoweredOff' }, 'droplet 7 is off');
  const [line] = sink.lines;
  assert.equal(sink.lines.length, 1);
  assert.equal(line?.['level'], 'warn');
  assert.equal(line?.['bot'], 'default/alpha');
  assert.equal(line?.['msg'], 'droplet 7 is off');
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('lines below the level are left out', () => {
  const sink = collect();
  pinoLog('warn', sink).info({}, 'chatter');
  assert.deepEqual(sink.lines, []);
});

test('secrets that reach a log call are not printed', () => {
  const sink = collect();
  const fields = { token: 'dop_v1_x', request: { authorization: 'Bearer dop_v1_x', userData: 'export X=1' } };
  pinoLog('debug', sink).debug(fields, 'called');
  assert.doesNotMatch(JSON.stringify(sink.lines), /dop_v1|export/);
});
