import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { type HealthPages, isLocal, serveHealth } from '../../../src/adapters/http/serve-health.ts';
import { faultOf } from '../../../src/ports/port-error.ts';

function pages(change: Partial<HealthPages> = {}): HealthPages {
  return {
    metrics: { contentType: 'text/plain; version=0.0.4', render: async () => 'up 1\n' },
    notReady: () => [],
    warnings: () => [],
    leads: () => true,
    decision: () => undefined,
    ...change,
  };
}

async function withServer(served: HealthPages, use: (url: string) => Promise<void>): Promise<void> {
  const server = await serveHealth('127.0.0.1', 0, served);
  try {
    await use(server.url);
  } finally {
    await server.close();
  }
}

test('/healthz answers ok while the process lives', () =>
  withServer(pages({ notReady: () => ['no'] }), async (url) => {
    const response = await fetch(`${url}/healthz`);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'ok\n');
  }));

test('/readyz answers 503 with every reason, and 200 once there is none', async () => {
  let reasons = ['no whole fleet view yet', 'deletion of 7 bots is held'];
  await withServer(pages({ notReady: () => reasons }), async (url) => {
    const before = await fetch(`${url}/readyz`);
    assert.equal(before.status, 503);
    assert.equal(await before.text(), 'not ready:\nno whole fleet view yet\ndeletion of 7 bots is held\n');
    reasons = [];
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  });
});

test('/readyz tells of warnings, which take nothing out of service', () =>
  withServer(pages({ warnings: () => ['Account default/desk is wrong'] }), async (url) => {
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'ok\nwarnings:\nAccount default/desk is wrong\n');
  }));

test('/leaderz answers 200 in the process that leads alone', async () => {
  let leads = false;
  await withServer(pages({ leads: () => leads }), async (url) => {
    assert.equal((await fetch(`${url}/leaderz`)).status, 503);
    leads = true;
    assert.equal((await fetch(`${url}/leaderz`)).status, 200);
  });
});

test('/metrics carries the content type of the exposition', () =>
  withServer(pages(), async (url) => {
    const response = await fetch(`${url}/metrics?x=1`);
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4');
    assert.equal(await response.text(), 'up 1\n');
  }));

test('a page that fails to render is a 500, not a hanging request', () => {
  const render = () => Promise.reject(new Error('overview broke'));
  return withServer(pages({ metrics: { contentType: 'text/plain', render } }), async (url) => {
    const response = await fetch(`${url}/metrics`);
    assert.equal(response.status, 500);
    assert.match(await response.text(), /overview broke/);
  });
});

test('other methods and paths are refused', () =>
  withServer(pages(), async (url) => {
    const post = await fetch(`${url}/healthz`, { method: 'POST', body: 'x' });
    assert.equal(post.status, 405);
    assert.equal(post.headers.get('allow'), 'GET, HEAD');
    assert.equal((await fetch(`${url}/secrets`)).status, 404);
    assert.equal((await fetch(`${url}/healthz`, { method: 'HEAD' })).status, 200);
  }));

test('a taken port is told by address', () =>
  withServer(pages(), async (url) => {
    const port = Number(new URL(url).port);
    await assert.rejects(serveHealth('127.0.0.1', port, pages()), (error: Error) => {
      assert.equal(faultOf(error)?.kind, 'unavailable');
      assert.equal(error.message, `Cannot listen on 127.0.0.1:${port}: the port is taken.`);
      return true;
    });
  }));

test('/debug/decisions answers the last decision of a bot, of the process that leads', async () => {
  let leads = true;
  const decision = (key: string) => (key === 'team-a/alpha' ? { bot: key } : undefined);
  await withServer(pages({ decision, leads: () => leads }), async (url) => {
    const found = await fetch(`${url}/debug/decisions/team-a/alpha`);
    assert.equal(found.headers.get('content-type'), 'application/json');
    assert.deepEqual(await found.json(), { bot: 'team-a/alpha' });
    const missing = await fetch(`${url}/debug/decisions/team-a/beta`);
    assert.deepEqual([missing.status, await missing.text()], [404, 'There is no bot team-a/beta.\n']);
    assert.equal((await fetch(`${url}/debug/decisions/team-a`)).status, 404);
    leads = false;
    assert.equal((await fetch(`${url}/debug/decisions/team-a/alpha`)).status, 503);
  });
});

test('/debug/decisions answers nobody from another machine, nor a page whose name leads to this one', async () => {
  const decision = () => ({ bot: 'team-a/alpha' });
  const answerTo = (url: string, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host };
      get(`${url}/debug/decisions/team-a/alpha`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  await withServer(pages({ decision }), async (url) => {
    assert.equal(await answerTo(url, 'localhost:9464'), 200);
    assert.equal(await answerTo(url, '[::1]:9464'), 200);
    assert.equal(await answerTo(url, 'evil.example:9464'), 403);
  });
  const remote = { socket: { remoteAddress: '10.0.0.7' }, headers: { host: 'localhost' } };
  assert.equal(isLocal(remote as IncomingMessage), false);
});
