import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RunFlags, readRunConfig } from '../../src/config/run-config.ts';
import { readSourceConfig, rememberRun, type SourceConfig } from '../../src/config/source-config.ts';
import { UserError } from '../../src/config/user-error.ts';
import { temporaryDirectory } from '../lab/temporary-directory.ts';

const flags: RunFlags = {
  source: 'bots',
  listen: '127.0.0.1:9464',
  logFormat: 'auto',
  logLevel: 'info',
  rateLimit: '250/min,5000/hour',
  workers: '64',
  maxConcurrentCreates: '10',
  settlingWindow: '2m',
  shutdownGrace: '60s',
  pollInterval: '3s',
  sweepInterval: '30s',
  orphanGrace: '10m',
  orphans: 'report',
  botApi: true,
  botListen: '127.0.0.1:9465',
  maxLongPolls: '20000',
  registrationTokenLife: '1h',
  peerListen: ':9466',
  leaderElect: true,
};
const real = { DIGITALOCEAN_ACCESS_TOKEN: 'dop_v1_secret' };

function newDirectory(): string {
  return temporaryDirectory('config');
}

function read(change: Partial<RunFlags>, env: Record<string, string> = {}, cwd = '/srv') {
  return readRunConfig({ ...flags, ...change }, { env, cwd });
}

function stateOf(config: { readonly source: SourceConfig }): string {
  return config.source.kind === 'directory' ? config.source.stateFile : assert.fail('no directory');
}

function refusal(change: Partial<RunFlags>, env: Record<string, string> = {}): UserError {
  try {
    read(change, env);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.exitCode, 64);
    assert.ok(error.next.length > 0);
    return error;
  }
  throw new Error('was accepted');
}

test('without a token the built-in simulator is used, with a state of its own', () => {
  const config = read({});
  assert.equal(config.cloud.kind, 'simulator');
  assert.match(stateOf(config), /^\/srv\/\.clawfleet\/bots-[0-9a-f]{8}-simulator\.db$/);
  assert.equal(config.settings.createsForbidden, undefined);
});

test('with a token the real cloud is used, with another state', () => {
  const config = read({ botApi: false }, real);
  assert.deepEqual(config.cloud, {
    kind: 'digitalocean',
    token: 'dop_v1_secret',
    apiURL: 'https://api.digitalocean.com',
    loopback: false,
    proxy: undefined,
  });
  assert.match(stateOf(config), /bots-[0-9a-f]{8}-api\.digitalocean\.com\.db$/);
});

test('the API URL is read as godo resolves it, with or without /v2 and slashes', () => {
  for (const [given, expected] of [
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://api.example.com/v2', 'https://api.example.com'],
    ['https://api.example.com/v2/', 'https://api.example.com'],
    ['https://proxy.example.com/do/', 'https://proxy.example.com/do'],
  ] as const) {
    const { cloud } = read({}, { ...real, DIGITALOCEAN_API_URL: given });
    assert.equal(cloud.kind === 'digitalocean' && cloud.apiURL, expected, given);
  }
});

test('a token never goes out in the clear, but for a simulator on this machine', () => {
  assert.match(
    refusal({}, { ...real, DIGITALOCEAN_API_URL: 'http://api.example.com' }).message,
    /in the clear/,
  );
  const { cloud, settings } = read({}, { ...real, DIGITALOCEAN_API_URL: 'http://127.0.0.1:8484' });
  assert.equal(cloud.kind === 'digitalocean' && cloud.loopback, true);
  assert.equal(settings.createsForbidden, undefined);
});

test('an API URL without a token, a URL that is none and a broken token are refused', () => {
  assert.match(refusal({}, { DIGITALOCEAN_API_URL: 'https://x.example.com' }).message, /TOKEN is not/);
  assert.match(refusal({}, { ...real, DIGITALOCEAN_API_URL: 'ftp://x' }).message, /must be an http/);
  const broken = refusal({}, { DIGITALOCEAN_ACCESS_TOKEN: 'dop_v1_\u200bx' });
  assert.doesNotMatch(`${broken.message}${broken.next}`, /dop_v1/);
});

test('the token of Terraform’s name is not spent by surprise', () => {
  assert.equal(read({}, { DIGITALOCEAN_TOKEN: 'dop_v1_x' }).cloud.kind, 'simulator');
});

test('--simulator wins over a token', () => {
  assert.equal(read({ simulator: true, bootTime: '1s' }, real).cloud.kind, 'simulator');
  assert.match(refusal({ bootTime: '1s' }, real).message, /set up the simulator/);
});

test('on a real cloud nothing is created until it is said how bots reach the controller', () => {
  assert.match(read({}, real).settings.createsForbidden ?? '', /--control-plane-url .* --no-bot-api/);
  assert.equal(read({ botApi: false }, real).settings.createsForbidden, undefined);
  const url = 'https://fleet.example.com/';
  const { settings } = read({ controlPlaneUrl: url }, real);
  assert.equal(settings.createsForbidden, undefined);
  assert.equal(settings.controlPlaneURL, 'https://fleet.example.com');
});

test('a control-plane URL that no droplet can reach is refused', () => {
  for (const url of [
    'http://fleet.example.com',
    'https://localhost',
    'https://127.0.0.1:8443',
    'https://10.1.2.3',
    'https://172.20.0.1',
    'https://192.168.1.1',
    'https://169.254.169.254',
    'https://100.64.0.1',
    'https://[::1]',
    'https://[fd00::1]',
    'https://[::ffff:10.0.0.1]',
    'https://fleet',
    'https://fleet.local',
    'https://user:pw@fleet.example.com',
    'https://fleet.example.com/?a=1',
    'fleet.example.com',
  ]) {
    const error = refusal({ controlPlaneUrl: url }, real);
    assert.match(error.message, /^--control-plane-url must/, url);
    assert.doesNotMatch(error.message, /user:pw/);
  }
});

test('a control-plane URL and --no-bot-api contradict each other', () => {
  assert.match(refusal({ controlPlaneUrl: 'https://x.example.com', botApi: false }).message, /contradict/);
});

test('every setting arrives in milliseconds', () => {
  const { settings } = read({
    settlingWindow: '90s',
    absenceWindow: '10s',
    shutdownGrace: '1m30s',
    pollInterval: '500ms',
    sweepInterval: '0.5m',
    orphanGrace: '1h',
    orphans: 'delete',
    workers: '8',
    maxConcurrentCreates: '1000',
  });
  assert.deepEqual(settings, {
    workers: 8,
    maxConcurrentCreates: 1_000,
    settlingWindowMs: 90_000,
    absenceWindowMs: 10_000,
    shutdownGraceMs: 90_000,
    pollIntervalMs: 500,
    sweepIntervalMs: 30_000,
    orphanGraceMs: 3_600_000,
    orphans: 'delete',
    controlPlaneURL: undefined,
    createsForbidden: undefined,
    agents: undefined,
  });
});

test('rate limits are read in both parts, in one, or off', () => {
  assert.deepEqual(read({ rateLimit: '100/min' }).rateLimit, { perMinute: 100, perHour: 5_000 });
  assert.deepEqual(read({ rateLimit: '9000/hour,300/min' }).rateLimit, { perMinute: 300, perHour: 9_000 });
  assert.equal(read({ rateLimit: 'off' }).rateLimit, undefined);
});

test('addresses to listen at are read as Go reads them', () => {
  assert.deepEqual(read({ listen: ':9464' }).listen, { host: '::', port: 9464 });
  assert.deepEqual(read({ listen: '[::1]:0' }).listen, { host: '::1', port: 0 });
  assert.equal(read({ listen: 'off' }).listen, undefined);
});

test('each wrong value is named with its flag', () => {
  const wrong: readonly [Partial<RunFlags>, RegExp][] = [
    [{ settlingWindow: '120' }, /^--settling-window must be a duration, got "120"/],
    [{ pollInterval: '0' }, /^--poll-interval must be at least 10ms/],
    [{ workers: '0' }, /^--workers must be a whole number of at least 1/],
    [{ maxConcurrentCreates: 'ten' }, /^--max-concurrent-creates/],
    [{ orphans: 'drop' }, /^--orphans cannot be "drop"/],
    [{ rateLimit: '250' }, /^--rate-limit must look like/],
    [{ listen: 'localhost' }, /^--listen must be HOST:PORT/],
    [{ listen: '127.0.0.1:70000' }, /^--listen must be HOST:PORT/],
    [{ logFormat: 'xml' }, /^--log-format cannot be "xml"/],
    [{ logLevel: 'loud' }, /^--log-level cannot be "loud"/],
    [{ fleetId: 'My Fleet' }, /^--fleet-id must be/],
    [{ fleetId: 'adopt-x' }, /^--fleet-id must be/],
    [{ dropletLimit: '-1' }, /^--droplet-limit must be/],
  ];
  for (const [change, message] of wrong) assert.match(refusal(change).message, message);
});

test('run needs a source', () => {
  const { source: _, ...rest } = flags;
  assert.throws(() => readRunConfig(rest, { env: {}, cwd: '/srv' }), /No source is given/);
});

test('looking needs no source where a run was, and reads the state of that run', () => {
  const cwd = newDirectory();
  rememberRun({ kind: 'directory', directory: '/srv/bots', stateFile: '/srv/state.db' }, cwd);
  assert.deepEqual(readSourceConfig({}, { env: {}, cwd }), {
    kind: 'directory',
    directory: '/srv/bots',
    stateFile: '/srv/state.db',
  });
});

test('looking finds the only state of a source without a token, and asks which of two', () => {
  const cwd = newDirectory();
  const stateFile = stateOf(read({ botApi: false }, real, cwd));
  mkdirSync(join(cwd, '.clawfleet'));
  writeFileSync(stateFile, '');
  assert.equal(stateOf({ source: readSourceConfig({ source: 'bots' }, { env: {}, cwd }) }), stateFile);
  writeFileSync(stateFile.replace('api.digitalocean.com', 'elsewhere'), '');
  assert.throws(() => readSourceConfig({ source: 'bots' }, { env: {}, cwd }), /There are 2 states/);
  assert.equal(stateOf({ source: readSourceConfig({ source: 'bots' }, { env: real, cwd }) }), stateFile);
});

test('a note of the last run that was cut short counts as none', () => {
  const cwd = newDirectory();
  mkdirSync(join(cwd, '.clawfleet'));
  writeFileSync(join(cwd, '.clawfleet', 'last-run.json'), '{"source": "/srv');
  assert.throws(() => readSourceConfig({}, { env: {}, cwd }), /No source is given/);
});

const cluster = { source: 'kubernetes' };

test('kubernetes is the cluster, and ./kubernetes a directory', () => {
  assert.equal(read({ source: 'kubernetes' }, real).source.kind, 'kubernetes');
  assert.equal(read({ source: './kubernetes' }, real).source.kind, 'directory');
});

test('the cluster’s flags are read, and a kubeconfig is named from here', () => {
  const { source } = read(
    { ...cluster, kubeconfig: 'kc', context: 'prod', watchNamespaces: 'a,b,a', namespaceOfController: 'ops' },
    real,
  );
  assert.deepEqual(source, {
    kind: 'kubernetes',
    kubeconfig: '/srv/kc',
    context: 'prod',
    controllerNamespace: 'ops',
    namespaces: ['a', 'b'],
  });
});

test('a cluster’s bots get no simulated droplets by accident', () => {
  assert.match(refusal(cluster).message, /DIGITALOCEAN_ACCESS_TOKEN is not set/);
  assert.match(refusal(cluster).next, /--simulator/);
  assert.equal(read({ ...cluster, simulator: true }).cloud.kind, 'simulator');
});

test('a cluster has a lease unless told otherwise, a directory has none', () => {
  assert.equal(read(cluster, real).leaderElect, true);
  assert.equal(read({ ...cluster, leaderElect: false }, real).leaderElect, false);
  assert.equal(read({}, real).leaderElect, false);
});

test('a settling window must outlast the leader before and its last call', () => {
  assert.match(
    refusal({ ...cluster, settlingWindow: '45s' }, real).message,
    /--settling-window must be longer than 45 s/,
  );
  assert.equal(read({ ...cluster, settlingWindow: '46s' }, real).settings.settlingWindowMs, 46_000);
  assert.equal(
    read({ ...cluster, settlingWindow: '1s', leaderElect: false }, real).settings.settlingWindowMs,
    1_000,
  );
});

test('flags of the other kind of source are refused by name', () => {
  assert.match(refusal({ ...cluster, state: 'x.db' }, real).message, /^--state/);
  assert.match(refusal({ context: 'prod' }).message, /^--context/);
  assert.match(refusal({ watchNamespaces: 'a' }).message, /^--watch-namespaces/);
  assert.match(
    refusal({ ...cluster, watchNamespaces: 'a,,b' }, real).message,
    /^--watch-namespaces must name/,
  );
  assert.match(
    refusal({ ...cluster, namespaceOfController: 'A' }, real).message,
    /^--namespace-of-controller/,
  );
});

test('looking goes on with the current context of the last run, which had no more to note', () => {
  const cwd = newDirectory();
  const { source } = read({ ...cluster }, real, cwd);
  rememberRun(source, cwd);
  assert.deepEqual(readSourceConfig({}, { env: {}, cwd }), source);
});

test('looking goes on with the cluster of the last run, unless another is named', () => {
  const cwd = newDirectory();
  const { source } = read({ ...cluster, context: 'prod', namespaceOfController: 'ops' }, real, cwd);
  rememberRun(source, cwd);
  const look = (flags: object) => readSourceConfig(flags, { env: {}, cwd });
  assert.deepEqual(look({}), source);
  assert.deepEqual(look({ context: 'test' }), { ...source, context: 'test', controllerNamespace: undefined });
  assert.equal(look({ source: 'bots' }).kind, 'directory');
});
