/**
 * Serves the bot API, calls it ten times with a full collection after each call, and prints which of the responses
 * V8 holds as structs rather than hash tables. Wants `--expose-gc --allow-natives-syntax`.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { serveBotAPI } from '../../../../../src/adapters/http/bots/serve-bot-api.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { MemoryBotAPI } from './memory-bot-api.ts';

const isStruct = new Function('object', 'return %HasFastProperties(object)') as (object: object) => boolean;
const shapes: boolean[] = [];
subscribe('http.server.response.finish', (message) => {
  shapes.push(isStruct((message as { response: ServerResponse }).response));
});

const nothing = () => undefined;
const server = await serveBotAPI({
  host: '127.0.0.1',
  port: 0,
  api: new MemoryBotAPI(),
  clock: systemClock,
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  version: '1.2.3',
  trustedProxies: [],
  tls: undefined,
});
for (let call = 0; call < 10; call += 1) {
  const answer = await fetch(`${server.url}/openapi.json`, { headers: { connection: 'close' } });
  await answer.arrayBuffer();
  await nextTurn();
  for (let collection = 0; collection < 5; collection += 1) globalThis.gc?.();
}
await server.end(0);
process.stdout.write(JSON.stringify(shapes));
