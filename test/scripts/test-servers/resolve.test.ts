import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { platformName } from '../../../scripts/test-servers/envtest-index.ts';
import { MissingServersError, resolveTestServers } from '../../../scripts/test-servers/resolve.ts';
import { serversOrSkip } from '../../../scripts/test-servers/servers-or-skip.ts';
import { patience } from '../../lab/patience.ts';

const silent = { at: () => undefined, end: () => undefined };

let home: string;
let nowhere: string;
let cache: string;
let root: string;

beforeEach(async () => {
  nowhere = await closedAddress();
  home = mkdtempSync(join(tmpdir(), 'clawfleet-servers-'));
  cache = join(home, 'cache');
  root = join(home, 'checkout');
  mkdirSync(root);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** An address where nobody listens. */
async function closedAddress(): Promise<string> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}/index.yaml`;
}

function programsIn(directory: string, names = ['etcd', 'kube-apiserver', 'kubectl']): string {
  mkdirSync(directory, { recursive: true });
  for (const name of names) writeFileSync(join(directory, name), '#!/bin/sh\n', { mode: 0o755 });
  return directory;
}

/** A shared folder whose `unpack` counts how often it has run. */
function shareFolder(): void {
  const folder = join(home, 'shared', 'servers');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'SHA256SUMS'), 'sums');
  const programs = 'etcd kube-apiserver kubectl helm kube-controller-manager';
  const script = `#!/bin/sh\nset -e\necho x >>${folder}/runs\ncd "$1"\ntouch ${programs}\nchmod 755 ${programs}\n`;
  writeFileSync(join(folder, 'unpack'), script, { mode: 0o755 });
}

function resolve(env: NodeJS.ProcessEnv = {}, indexURL = nowhere) {
  return resolveTestServers({ root, cache, env, indexURL, progress: silent });
}

describe('the test servers', () => {
  it('are those of KUBEBUILDER_ASSETS before all others', async () => {
    shareFolder();
    const assets = programsIn(join(home, 'assets'));
    const servers = await resolve({ KUBEBUILDER_ASSETS: assets });
    assert.deepEqual(servers, {
      etcd: join(assets, 'etcd'),
      kubeApiserver: join(assets, 'kube-apiserver'),
      kubectl: join(assets, 'kubectl'),
      kubeControllerManager: undefined,
      helm: undefined,
    });
  });

  it('are missing where KUBEBUILDER_ASSETS names a folder without them', async () => {
    const assets = programsIn(join(home, 'assets'), ['etcd']);
    await assert.rejects(resolve({ KUBEBUILDER_ASSETS: assets }), {
      name: 'MissingServersError',
      message: `KUBEBUILDER_ASSETS (${assets}) lacks kube-apiserver, kubectl`,
    });
  });

  it('are unpacked once from the folder beside the checkout, whoever asks at once', async () => {
    shareFolder();
    programsIn(join(cache, 'v1.36.0'));
    const [one, other] = await Promise.all([resolve(), resolve()]);
    assert.match(one.etcd, /shared-[0-9a-f]{12}\/etcd$/);
    assert.match(one.helm ?? '', /shared-/);
    assert.deepEqual(other, one);
    assert.equal(readFileSync(join(home, 'shared', 'servers', 'runs'), 'utf8'), 'x\n');
  });

  it('are the newest ones of the cache, half-filled folders left out', async () => {
    for (const name of ['v1.9.0', 'v1.36.2', 'v1.36.3.partial']) programsIn(join(cache, name));
    programsIn(join(cache, 'v1.36.9'), ['etcd']);
    assert.equal((await resolve()).etcd, join(cache, 'v1.36.2', 'etcd'));
  });

  it('bring Helm along from the PATH', async () => {
    programsIn(join(cache, 'v1.36.2'));
    const path = programsIn(join(home, 'bin'), ['helm']);
    assert.equal((await resolve({ PATH: `/nowhere:${path}` })).helm, join(path, 'helm'));
  });
});

describe('the download', () => {
  let server: Server;
  let url: string;
  let archive: Buffer;
  let index: string;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    archive = archiveOf(programsIn(join(home, 'packed', 'controller-tools', 'envtest')));
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/index.yaml') response.end(index);
      else if (request.url === '/v1.36.10.tar.gz') response.end(archive);
      else response.writeHead(404).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    index = indexOf(createHash('sha512').update(archive).digest('hex'));
  });
  afterEach(() => server.close());

  function archiveOf(folder: string): Buffer {
    const args = ['-czf', '-', '-C', join(folder, '../..'), 'controller-tools'];
    return execFileSync('tar', args);
  }

  function indexOf(hash: string): string {
    const versions = ['v1.36.9', 'v1.36.10', 'v1.28.0', 'v1.37.0', 'v1.36.11-rc.0'];
    const entries = versions.map((version) => {
      const file = `    envtest-${version}-${platformName()}.tar.gz:\n`;
      return `  ${version}:\n${file}      hash: ${hash}\n      selfLink: ${url}/${version}.tar.gz\n`;
    });
    return `releases:\n${entries.join('')}`;
  }

  it('takes the newest final release that the tests know, once', async () => {
    const { etcd } = await resolve({}, `${url}/index.yaml`);
    assert.equal(etcd, join(cache, `v1.36.10-${platformName()}`, 'etcd'));
    assert.equal((await resolve({}, `${url}/index.yaml`)).etcd, etcd);
    assert.deepEqual(asked, ['/index.yaml', '/v1.36.10.tar.gz']);
    assert.ok(!existsSync(join(etcd, '../archive.tar.gz')));
  });

  it('keeps nothing whose checksum is not the index’s', async () => {
    index = indexOf('0'.repeat(128));
    await assert.rejects(resolve({}, `${url}/index.yaml`), /v1\.36\.10\.tar\.gz has the SHA-512 .* says 000/);
    await assert.rejects(resolve({}, nowhere), MissingServersError);
    assert.deepEqual(readdirSync(cache), ['lock.sqlite']);
  });

  it('tells how far it is', async () => {
    const told: [string, number, number | undefined][] = [];
    let ended = 0;
    const progress = {
      at: (what: string, bytes: number, total: number | undefined) => told.push([what, bytes, total]),
      end: () => ended++,
    };
    await resolveTestServers({ root, cache, env: {}, indexURL: `${url}/index.yaml`, progress });
    const what = `Downloading Kubernetes v1.36.10-${platformName()}`;
    assert.deepEqual(told.at(-1), [what, archive.length, archive.length]);
    assert.equal(ended, 1);
  });

  it('tells of a status, and what to do instead', async () => {
    await assert.rejects(resolve({}, `${url}/none.yaml`), {
      name: 'MissingServersError',
      message: /HTTP status 404.*make test-servers/s,
    });
  });

  it('gives up at once where nobody listens', async () => {
    const begun = performance.now();
    await assert.rejects(resolve(), /ECONNREFUSED/);
    assert.ok(performance.now() - begun < 1_000 * patience);
  });

  it('gives up within 3 s where nobody answers', async () => {
    const mute = createTcpServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const begun = performance.now();
    const index = `http://127.0.0.1:${(mute.address() as AddressInfo).port}/`;
    await assert.rejects(resolve({}, index), /no answer within 2\.5 s/);
    assert.ok(performance.now() - begun < 3_000 * patience);
    mute.close();
  });
});

describe('a suite without servers', () => {
  const missing = () => Promise.reject(new MissingServersError('there are none'));

  it('is skipped, with the reason', async () => {
    assert.deepEqual(await serversOrSkip(missing, {}), { servers: undefined, skip: 'there are none' });
  });

  it('fails under CI=true', async () => {
    await assert.rejects(serversOrSkip(missing, { CI: 'true' }), /there are none/);
  });

  it('fails where looking for them went wrong', async () => {
    const broken = () => Promise.reject(new Error('disk full'));
    await assert.rejects(serversOrSkip(broken, {}), /disk full/);
  });
});
