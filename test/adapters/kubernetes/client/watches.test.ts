import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { WatchEvent } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import type { KubeClient } from '../../../../src/adapters/kubernetes/client/kube-client.ts';
import type { KubeError } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import { selfSigned } from '../../../lab/certificate.ts';
import { until } from '../../../lab/until.ts';
import { clientOf, GivenCredentials, tlsOf } from '../support/client-of.ts';
import { json, TlsServer } from '../support/tls-server.ts';

const certificate = selfSigned('api');
const path = '/api/v1/configmaps';
const event = (name: string) => ({ type: 'ADDED', object: { metadata: { name } } });
const line = (name: string) => `${JSON.stringify(event(name))}\n`;

describe('watches', () => {
  let server: TlsServer;
  let client: KubeClient;
  /** Writes the pieces one by one, each in a packet of its own. */
  const answerWith = (pieces: readonly Buffer[], end: (response: ServerResponse) => void) => {
    server.answer = async (_request, response) => {
      response.writeHead(200);
      response.flushHeaders();
      for (const piece of pieces) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      end(response);
    };
  };
  const events = async (seen: unknown[] = []): Promise<unknown[]> => {
    for await (const each of client.watch(path, {}, new AbortController().signal)) seen.push(each);
    return seen;
  };

  before(async () => {
    server = await TlsServer.listen(certificate, () => undefined);
  });
  beforeEach(async () => {
    await client?.close();
    const credentials = new GivenCredentials({ headers: {}, tls: tlsOf(certificate.cert) });
    client = clientOf(server.url, { credentials });
    server.requests.length = 0;
  });
  after(async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
  });

  it('take lines and characters in any number of pieces', async () => {
    const whole = Buffer.from(line('grüße-🦀') + line('b') + line('c'));
    answerWith(
      Array.from(whole, (_, at) => whole.subarray(at, at + 1)),
      (response) => response.end(),
    );
    assert.deepEqual(await events(), ['grüße-🦀', 'b', 'c'].map(event));
  });

  it('ask for watch=true and tell that they are open before anything comes', async () => {
    answerWith([], () => undefined);
    const opened = Promise.withResolvers<void>();
    const abort = new AbortController();
    const stream = client.watch(path, { resourceVersion: '7' }, abort.signal, opened.resolve);
    const first = (stream as AsyncGenerator<WatchEvent>).next();
    await opened.promise;
    assert.deepEqual(server.requests, [`GET ${path}?resourceVersion=7&watch=true`]);
    abort.abort(new Error('enough'));
    await assert.rejects(first, /^Error: enough$/);
    await until('the connection to be closed', 2_000, 5, () => server.open === 0);
  });

  it('that are left close their connection', async () => {
    answerWith([Buffer.from(line('a'))], () => undefined);
    for await (const _ of client.watch(path, {}, new AbortController().signal)) break;
    await until('the connection to be closed', 2_000, 5, () => server.open === 0);
  });

  it('fail when they are cut, after what came before', async () => {
    answerWith([Buffer.from(line('a'))], (response) => response.socket?.destroy());
    const seen: unknown[] = [];
    await assert.rejects(events(seen), (error: KubeError) => {
      return error.fault.kind === 'unavailable' && error.failure.httpStatus === 0;
    });
    assert.deepEqual(seen, [event('a')]);
  });

  it('fail when they end within an event', async () => {
    answerWith([Buffer.from(line('a') + line('b').slice(0, -5))], (response) => response.end());
    const seen: unknown[] = [];
    await assert.rejects(events(seen), /ended within an event/);
    assert.deepEqual(seen, [event('a')]);
  });

  it('fail with what the server says when it does not open one', async () => {
    const status = { kind: 'Status', reason: 'Expired', message: 'too old', code: 410 };
    server.answer = (_request, response) => json(response, 410, status);
    await assert.rejects(events(), (error: KubeError) => {
      return error.failure.httpStatus === 410 && error.failure.status?.reason === 'Expired';
    });
  });

  it('have connections of their own, beside those of calls', async () => {
    const abort = new AbortController();
    let open = 0;
    server.answer = (request, response) => {
      if (!request.url?.includes('watch=true')) return json(response, 200, {});
      response.writeHead(200).flushHeaders();
    };
    const watches = Array.from({ length: 60 }, async () => {
      for await (const _ of client.watch(path, {}, abort.signal, () => {
        open += 1;
      }));
    });
    await until('all to be open', 5_000, 5, () => open === 60);
    await client.request('GET', path, { deadlineMs: 2_000 });
    abort.abort(new Error('enough'));
    const ends = await Promise.allSettled(watches);
    assert.ok(ends.every(({ status }) => status === 'rejected'));
  });

  it('are read no faster than their events are taken', async () => {
    const big = Buffer.from(line('x'.repeat(100_000)));
    let written = 0;
    server.answer = (_request, response) => {
      const more = () => {
        while (written < 500 && response.write(big)) written += 1;
        written += 1;
        if (written < 500) response.once('drain', more);
        else response.end();
      };
      response.writeHead(200);
      more();
    };
    const stream = client.watch(path, {}, new AbortController().signal) as AsyncGenerator<WatchEvent>;
    await stream.next();
    // The server fills what the system buffers, then stands still.
    let before = -1;
    await until('the server to stand still', 5_000, 100, () => {
      const still = written === before;
      before = written;
      return still;
    });
    assert.ok(written < 400, `${written} of 500 lines were sent to nobody`);
    let rest = 0;
    for await (const _ of stream) rest += 1;
    assert.ok(rest > 400);
  });
});
