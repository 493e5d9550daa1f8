import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ConnectOptions, connect } from '../../../../../src/adapters/kubernetes/client/connect.ts';
import type { KubeAPI } from '../../../../../src/adapters/kubernetes/client/kube-api.ts';
import { VirtualClock } from '../../../../../src/adapters/system/virtual-clock.ts';
import type { Clock } from '../../../../../src/ports/clock.ts';
import { silentLog } from '../../../../../src/ports/log.ts';
import { PortError } from '../../../../../src/ports/port-error.ts';
import { selfSigned } from '../../../../lab/certificate.ts';
import { json, TlsServer } from '../../support/tls-server.ts';

const certificate = selfSigned('api');
const person = selfSigned('person');
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Moves only by hand; its timers are of no concern here. */
class StillClock extends VirtualClock {
  ahead = 0;
  override monotonic(): number {
    return super.monotonic() + this.ahead;
  }
  override now(): number {
    return super.now() + this.ahead;
  }
}

describe('credentials', () => {
  let server: TlsServer;
  const root = mkdtempSync(join(tmpdir(), 'clawfleet-credentials-'));
  let directory: string;
  let clock: StillClock;
  /** What the server lets in. */
  let accepted: (authorization: string | undefined) => boolean;
  let seen: (string | undefined)[];
  const clients: KubeAPI[] = [];

  before(async () => {
    server = await TlsServer.listen(certificate, () => undefined, person.cert);
  });
  beforeEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    directory = mkdtempSync(join(root, 'test-'));
    clock = new StillClock(Date.parse('2026-01-01T00:00:00Z'));
    accepted = () => true;
    seen = [];
    server.answer = (request, response) => {
      seen.push(request.headers.authorization);
      json(response, accepted(request.headers.authorization) ? 200 : 401, { kind: 'Status' });
    };
    server.clients.length = 0;
    server.rotate(certificate);
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server[Symbol.asyncDispose]();
    rmSync(root, { recursive: true });
  });

  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const kubeconfig = (user: object, cluster: object = {}, name = 'config'): string => {
    const ca = { 'certificate-authority-data': base64(certificate.cert) };
    return file(
      name,
      JSON.stringify({
        'current-context': 'here',
        clusters: [{ name: 'one', cluster: { server: server.url, ...ca, ...cluster } }],
        users: [{ name: 'me', user }],
        contexts: [{ name: 'here', context: { cluster: 'one', user: 'me', namespace: 'mine' } }],
      }),
    );
  };
  const open = async (options: Partial<ConnectOptions> & { clock?: Clock } = {}) => {
    const connected = await connect({ clock, log: silentLog, userAgent: 'test', env: {}, ...options });
    clients.push(connected.client);
    return connected;
  };
  const ask = (client: KubeAPI) => client.request('GET', '/api/v1/nodes');
  /** A plugin that gives `token-<how often it ran>` and whatever else is in `status`. */
  const plugin = (status: object = {}): { exec: object; runs: () => number } => {
    const count = file('count', '');
    const more = Object.entries(status).map(([name, value]) => `,"${name}":${JSON.stringify(value)}`);
    const script = `#!/bin/sh
echo run >> ${count}
sleep 0.05
printf '{"kind":"ExecCredential","status":{"token":"token-%d"%s}}' $(wc -l < ${count}) '${more.join('')}'
`;
    const command = file('plugin', script);
    chmodSync(command, 0o755);
    const runs = () => readFileSync(count, 'utf8').split('\n').length - 1;
    return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command }, runs };
  };

  it('of a kubeconfig: token, namespace, name and password, impersonation', async () => {
    const { client, namespace } = await open({ kubeconfig: kubeconfig({ token: 'abc' }) });
    await ask(client);
    assert.equal(namespace, 'mine');
    const basic = await open({ kubeconfig: kubeconfig({ username: 'u', password: 'p' }) });
    await ask(basic.client);
    assert.deepEqual(seen, ['Bearer abc', `Basic ${base64('u:p')}`]);
    let impersonated: unknown;
    server.answer = (request, response) => {
      impersonated = request.headers['impersonate-user'];
      json(response, 200, {});
    };
    await ask((await open({ kubeconfig: kubeconfig({ token: 'abc', as: 'jane' }) })).client);
    assert.equal(impersonated, 'jane');
  });

  it('are chosen by context, and a wrong name tells of the right ones', async () => {
    await assert.rejects(
      open({ kubeconfig: kubeconfig({ token: 'a' }), context: 'there' }),
      (error: PortError) =>
        error.fault.kind === 'refused' && /no context there \(there is: here\)/.test(error.message),
    );
  });

  it('of several files: the first to name a thing counts, a missing file does not', async () => {
    const first = kubeconfig({ token: 'first' }, {}, 'first');
    const second = kubeconfig({ token: 'second' }, {}, 'second');
    const KUBECONFIG = `${directory}/missing:${first}:${second}`;
    await ask((await open({ env: { KUBECONFIG } })).client);
    assert.deepEqual(seen, ['Bearer first']);
  });

  it('that are nowhere are told of', async () => {
    const env = { KUBECONFIG: `${directory}/missing` };
    await assert.rejects(open({ env }), /there is no kubeconfig .*missing.* and this is no pod/);
    const broken = file('broken', '{"clusters": [');
    await assert.rejects(open({ kubeconfig: broken }), PortError);
  });

  it('of a pod: the token is read again when it was rotated, and at once when it is refused', async () => {
    const { hostname, port } = new URL(server.url);
    file('ca.crt', certificate.cert);
    file('token', 'first\n');
    file('namespace', 'pod-ns');
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const { client, namespace } = await open({ env, serviceAccount: directory });
    assert.equal(namespace, 'pod-ns');
    await ask(client);
    file('token', 'second\n');
    await ask(client);
    clock.ahead = 11_000;
    await ask(client);
    file('token', 'third\n');
    accepted = (authorization) => authorization === 'Bearer third';
    await ask(client);
    const tokens = ['first', 'first', 'second', 'second', 'third'];
    assert.deepEqual(
      seen,
      tokens.map((token) => `Bearer ${token}`),
    );
  });

  it('stay while their file is away, as it is for a moment when it is replaced', async () => {
    const tokenFile = file('token', 'first');
    const { client } = await open({ kubeconfig: kubeconfig({ tokenFile: 'token' }) });
    await ask(client);
    rmSync(tokenFile);
    clock.ahead = 11_000;
    await ask(client);
    file('token', '');
    clock.ahead = 22_000;
    await ask(client);
    assert.deepEqual(seen, ['Bearer first', 'Bearer first', 'Bearer first']);
  });

  it('of a rotated authority and client certificate are taken up without a restart', async () => {
    const next = selfSigned('api');
    const paths = {
      'client-certificate': file('person.crt', person.cert),
      'client-key': file('person.key', person.key),
    };
    file('ca.crt', certificate.cert);
    const cluster = { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt' };
    const { client } = await open({ kubeconfig: kubeconfig(paths, cluster) });
    await ask(client);
    assert.deepEqual(server.clients, ['person']);
    server.rotate(next);
    file('ca.crt', next.cert);
    clock.ahead = 11_000;
    await ask(client);
    assert.deepEqual(server.clients, ['person', 'person']);
  });

  it('of a plugin are asked for once by many, and again when they expire', async () => {
    const { exec, runs } = plugin({ expirationTimestamp: '2026-01-01T01:00:00Z' });
    const { client } = await open({ kubeconfig: kubeconfig({ exec }) });
    await Promise.all(Array.from({ length: 20 }, () => ask(client)));
    assert.equal(runs(), 1);
    clock.ahead = 3_590_000;
    await ask(client);
    assert.equal(runs(), 1);
    clock.ahead = 3_601_000;
    await Promise.all(Array.from({ length: 20 }, () => ask(client)));
    assert.equal(runs(), 2);
    assert.equal(seen.at(-1), 'Bearer token-2');
  });

  it('of a plugin are asked for again, once, when many are refused at once', async () => {
    const { exec, runs } = plugin();
    const { client } = await open({ kubeconfig: kubeconfig({ exec }) });
    await ask(client);
    accepted = (authorization) => authorization === 'Bearer token-2';
    clock.ahead = 5_000;
    await Promise.all(Array.from({ length: 20 }, () => ask(client)));
    assert.equal(runs(), 2);
  });

  it('of a plugin that a server refuses for good do not make it run for every call', async () => {
    const { exec, runs } = plugin();
    accepted = () => false;
    const { client } = await open({ kubeconfig: kubeconfig({ exec }) });
    for (let count = 0; count < 5; count += 1) await assert.rejects(ask(client));
    assert.equal(runs(), 2);
  });

  it('of a plugin may be a certificate', async () => {
    const { exec } = plugin({ clientCertificateData: person.cert, clientKeyData: person.key });
    await ask((await open({ kubeconfig: kubeconfig({ exec }) })).client);
    assert.deepEqual(server.clients, ['person']);
  });

  it('of a plugin that fails are told of without what it printed', async () => {
    const command = file('plugin', '#!/bin/sh\necho secret\necho "log in first" >&2\nexit 3\n');
    chmodSync(command, 0o755);
    const exec = { command, installHint: 'install it' };
    const { client } = await open({ kubeconfig: kubeconfig({ exec }) });
    await assert.rejects(ask(client), (error: PortError) => {
      assert.match(error.message, /plugin .* ended with code 3: log in first \(install it\)/);
      assert.doesNotMatch(error.message, /secret/);
      return error.fault.kind === 'unauthorised';
    });
    const missing = await open({ kubeconfig: kubeconfig({ exec: { command: `${directory}/none` } }) });
    await assert.rejects(ask(missing.client), /ENOENT/);
  });

  it('are told to a plugin that asks which cluster it is', async () => {
    const info = join(directory, 'info');
    const command = file(
      'plugin',
      `#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" > ${info}\necho '{"kind":"ExecCredential","status":{"token":"t"}}'\n`,
    );
    chmodSync(command, 0o755);
    await ask(
      (await open({ kubeconfig: kubeconfig({ exec: { command, provideClusterInfo: true } }) })).client,
    );
    const { spec } = JSON.parse(readFileSync(info, 'utf8')) as { spec: { cluster: { server: string } } };
    assert.equal(spec.cluster.server, server.url);
  });

  it('of a provider that is gone name the way out', async () => {
    const user = { 'auth-provider': { name: 'gcp' } };
    await assert.rejects(open({ kubeconfig: kubeconfig(user) }), /gcp is not supported; use its exec plugin/);
  });
});
