import { after, before, describe } from 'node:test';
import { type ApiServer, startApiServer, withoutServers } from '../support/api-server.ts';
import { elects } from './on-a-server/elects.ts';
import { recordsEvents } from './on-a-server/records-events.ts';
import { writes } from './on-a-server/writes.ts';

describe('on a real API server', withoutServers, () => {
  let started: ApiServer | undefined;
  const api = (): ApiServer => {
    if (!started) throw new Error('The server is not started.');
    return started;
  };

  before(async () => {
    started = await startApiServer();
  });
  after(() => started?.[Symbol.asyncDispose]());

  writes(api);
  recordsEvents(api);
  // Last: it leaves the server dead.
  elects(api);
});
