import assert from 'node:assert/strict';
import { statSync, unlinkSync } from 'node:fs';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrapScript } from '../../src/adapters/system/bootstrap-script.ts';
import { renderUserData } from '../../src/user-data/render-user-data.ts';
import type { UserDataInput } from '../../src/user-data/user-data-input.ts';
import { BotAPIServer } from './bot-api-server.ts';
import { PrivateRoot } from './private-root.ts';
import { exampleInput } from './user-data-example.ts';

const REGISTER = 'POST /bot/register';
const BEAT = 'POST /bot/:id/heartbeat';
const ACKNOWLEDGE = 'POST /bot/:id/config_ack';
const AGENT = ['usr', 'local', 'lib', 'openclaw', 'agent'];
const LOG = ['var', 'log', 'openclaw-bootstrap.log'];
const STATE = ['var', 'lib', 'openclaw'];
const RESUME = ['var', 'lib', 'openclaw-bootstrap', 'user-data'];

let root: PrivateRoot;
let api: BotAPIServer;
let controlPlaneURL: string;
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  root = new PrivateRoot();
  api = new BotAPIServer(exampleInput.registrationToken);
  controlPlaneURL = await api.listen();
  const [usedRoot, usedAPI] = [root, api];
  closers.push(
    () => usedAPI.close(),
    () => usedRoot.remove(),
  );
});
after(async () => {
  for (const close of closers) await close();
});

function userData(change: Partial<UserDataInput> = {}): string {
  const input = { ...exampleInput, bootstrapScript, controlPlaneURL, ...change };
  return root.write(renderUserData(input), 'part-001');
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (condition()) return;
    await sleep(20);
  }
  assert.fail(`waited 8 s for: ${what}`);
}

/** Runs the service's own command line while `work` goes on. */
async function whileRunning(work: () => Promise<void>): Promise<void> {
  const command = /^ExecStart=(\S+) (\S+)$/m.exec(
    root.read('etc', 'systemd', 'system', 'openclaw-bot.service'),
  );
  assert.ok(command?.[1] !== undefined && command[2] !== undefined);
  const runner = root.start(root.path(command[1]), command[2]);
  const ended = new Promise((resolve) => runner.once('close', resolve));
  try {
    await work();
  } finally {
    runner.kill('SIGTERM');
    await ended;
  }
}

test('a droplet boots, registers, fetches its config, acknowledges it and beats', async () => {
  const config = '{"id":"3-abc","version":3,"secrets":{"llm_api_key":"sk-very-secret"}}';
  const boot = await root.run(userData());
  assert.equal(boot.code, 0, root.read(...LOG));
  assert.equal(api.count(REGISTER), 1);
  assert.match(api.agentToken ?? '', /^[0-9a-f]{64}$/);
  assert.equal(statSync(root.path(...STATE, 'agent_token')).mode & 0o777, 0o600);
  assert.equal(root.has(...STATE, 'registration_token'), false);

  await whileRunning(async () => {
    await until('a beat without a config', () => api.count(BEAT) >= 1);
    api.brokenConfigs.push('{"id":"2-cut","version":', '{"id":"2-a"}{"id":"2-b"}', '["2-c"]', '{"id":""}');
    await until('the broken configs are fetched', () => api.brokenConfigs.length === 0);
    await until(
      'a beat after them',
      (
        (beats) => () =>
          api.count(BEAT) > beats
      )(api.count(BEAT)),
    );
    assert.equal(root.has(...STATE, 'config.json'), false, 'a broken config was written');
    api.config = config;
    await until('an acknowledgement', () => api.count(ACKNOWLEDGE) >= 1);
    const beats = api.count(BEAT);
    await until('another beat', () => api.count(BEAT) > beats + 1);
  });
  const acknowledgements = api.requests.filter((request) => request.route === ACKNOWLEDGE);
  assert.deepEqual(
    acknowledgements.map((request) => request.body),
    [{ config_id: '3-abc' }],
  );
  assert.deepEqual(JSON.parse(root.read('opt', 'openclaw', 'config.json')), JSON.parse(config));
  assert.equal(statSync(root.path(...STATE, 'config.json')).mode & 0o777, 0o600);

  const health = await root.run(root.path('opt', 'openclaw', 'health.sh'));
  assert.equal(health.code, 0, health.output);
});

test('registration comes right after curl, before everything that takes long', async () => {
  await root.run(userData());
  const log = root.read(...LOG);
  const order = [
    'curl: done',
    'registration: done',
    'base packages: started',
    'node: started',
    'customizer: started',
  ];
  const places = order.map((line) => log.indexOf(line));
  assert.ok(!places.includes(-1), log);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
    log,
  );
});

test('everything declared is installed, each as the user it is for', async () => {
  const toolchain = {
    ...exampleInput.toolchain,
    nodeMajor: 20,
    pnpmVersion: '9.12.0',
    extraAptPackages: ['ffmpeg', '-o=Evil::Option=1'],
    globalNpmPackages: ['tsx@4'],
    cargoCrates: ['just', 'ripgrep@14.1.0'],
  };
  const customizer = { ...exampleInput.customizer, skipCron: false };
  assert.equal((await root.run(userData({ toolchain, customizer }))).code, 0, root.read(...LOG));
  const installs = root.callsOf('apt-get').filter((call) => call.includes(' install '));
  assert.ok(installs.some((call) => call.endsWith('install -y -- nodejs')));
  assert.ok(installs.some((call) => call.endsWith('install -y -- ffmpeg -o=Evil::Option=1')));
  assert.ok(installs.some((call) => call.endsWith('install -y -- docker.io')));
  assert.match(
    root.read('etc', 'apt', 'sources.list.d', 'nodesource.list'),
    /signed-by=\S+ \S+\/node_20\.x nodistro main/,
  );
  assert.ok(root.callsOf('corepack').includes('install --global pnpm@9.12.0'));
  assert.ok(root.callsOf('npm').includes('install --global -- tsx@4'));
  assert.deepEqual(root.callsOf('cargo'), ['install -- just ripgrep@14.1.0']);
  assert.deepEqual(root.callsOf('ufw'), [
    'default deny incoming',
    'default allow outgoing',
    'allow ssh',
    '--force enable',
  ]);
  assert.ok(root.callsOf('systemctl').includes('restart openclaw-bot.service'));
  const fetched = root.callsOf('git').find((call) => call.includes(' fetch ')) ?? 'not run';
  assert.ok(fetched.endsWith(`-- ${customizer.repoURL} ${customizer.ref}`), fetched);
  const init = root.callsOf('node').find((call) => call.includes(' init ')) ?? 'not run';
  assert.match(
    init,
    /bin\/janebot-cli\.js init -d \S+\/opt\/openclaw\/workspace --yes --force --agent-name Jane/,
  );
  assert.match(init, /--owner-name Cedros --skip-qmd --skip-git --skip-heartbeat$/);
  assert.match(root.read('opt', 'openclaw', 'customizer_status.txt'), /succeeded/);
});

test('a second run registers nothing, customizes nothing and keeps the token', async () => {
  const file = userData();
  assert.equal((await root.run(file)).code, 0);
  const token = root.read(...STATE, 'agent_token');
  assert.equal((await root.run(file)).code, 0, root.read(...LOG));
  assert.equal(api.count(REGISTER), 1);
  assert.equal(root.read(...STATE, 'agent_token'), token);
  assert.equal(root.callsOf('useradd').length, 1);
  assert.equal(root.callsOf('node').filter((call) => call.includes(' init ')).length, 1);
});

test('when the answer to register is lost, the same pair is sent again', async () => {
  api.lostRegistrations = 2;
  assert.equal((await root.run(userData())).code, 0, root.read(...LOG));
  const tokens = api.requests
    .filter((request) => request.route === REGISTER)
    .map((request) => request.body['agent_token']);
  assert.equal(tokens.length, 3);
  assert.equal(new Set(tokens).size, 1);
});

test('a disk copied from another bot enrols anew', async () => {
  assert.equal((await root.run(userData())).code, 0);
  const token = root.read(...STATE, 'agent_token');
  root.write('{"id":"of-another-bot"}', ...STATE, 'config.json');
  const other = new BotAPIServer('reg-of-the-other-bot');
  closers.push(() => other.close());
  const change = { botID: '99999999-0d3e-4a52-9f57-6c1d2e3f4a5b', registrationToken: 'reg-of-the-other-bot' };
  assert.equal((await root.run(userData({ ...change, controlPlaneURL: await other.listen() }))).code, 0);
  assert.notEqual(root.read(...STATE, 'agent_token'), token);
  assert.equal(root.has(...STATE, 'config.json'), false);
  assert.equal(other.count(REGISTER), 1);
});

test('the runner registers by itself when the control plane was away during the boot', async () => {
  await api.close();
  const boot = await root.run(userData());
  assert.equal(boot.code, 1);
  assert.match(root.read(...LOG), /registration: FAILED/);
  assert.match(root.read(...LOG), /customizer: done/);
  const late = new BotAPIServer(exampleInput.registrationToken);
  closers.push(() => late.close());
  root.write(
    `BOT_ID=${exampleInput.botID}\nCONTROL_PLANE_URL=${await late.listen()}\n`,
    'etc',
    'openclaw',
    'agent.env',
  );
  await whileRunning(() => until('registration and beat', () => late.count(BEAT) >= 1));
  assert.equal(late.count(REGISTER), 1);
});

test('a network step that fails once is tried again', async () => {
  const failing = {
    'apt-get': ' update ',
    curl: '',
    git: ' fetch ',
    npm: ' ci ',
    corepack: ' install ',
    cargo: '',
  };
  for (const [name, args] of Object.entries(failing)) root.write(args, `fail-${name}`);
  const toolchain = { ...exampleInput.toolchain, cargoCrates: ['just'] };
  assert.equal((await root.run(userData({ toolchain }))).code, 0, root.read(...LOG));
  for (const name of Object.keys(failing))
    assert.equal(root.has(`fail-${name}`), false, `${name} never failed`);
  for (const step of ['curl', 'node', 'pnpm', 'cargo crates', 'customizer']) {
    assert.match(root.read(...LOG), new RegExp(`${step}: try 1 of \\d failed, next in \\d+ s`));
  }
});

test('a step that fails stops no other, and the next boot does what is left', async () => {
  root.write('', 'break-git');
  assert.equal((await root.run(userData())).code, 1);
  assert.match(root.read(...LOG), /git: broken/);
  assert.match(root.read(...LOG), /failed steps, .*: customizer$/m);
  assert.match(root.read('opt', 'openclaw', 'customizer_status.txt'), /failed before init/);
  assert.ok(root.callsOf('systemctl').includes('restart openclaw-bot.service'));
  assert.ok(root.callsOf('systemctl').includes('enable --quiet openclaw-bootstrap.service'));
  assert.equal(statSync(root.path(...RESUME)).mode & 0o777, 0o700);

  unlinkSync(root.path('break-git'));
  assert.equal((await root.run(root.path(...RESUME))).code, 0, root.read(...LOG));
  assert.equal(root.has(...RESUME), false, 'a finished bootstrap would run at every boot');
  assert.equal(api.count(REGISTER), 1);
});

test('without a control plane nothing registers and no runner is installed', async () => {
  assert.equal((await root.run(userData({ controlPlaneURL: undefined }))).code, 0, root.read(...LOG));
  assert.match(root.read(...LOG), /no control plane: neither registration nor runner/);
  assert.equal(root.has(...AGENT), false);
  assert.equal(root.has('etc', 'systemd', 'system', 'openclaw-bot.service'), false);
  assert.equal((await root.run(root.path('opt', 'openclaw', 'health.sh'))).code, 0);
});

test('hostile values reach their commands as they are and run nothing', async () => {
  const hostile = `'"; touch ${root.path('canary')}; $(touch ${root.path('canary')}) \`touch ${root.path('canary')}\`\n火 ${'x'.repeat(10_240)}`;
  const customizer = { ...exampleInput.customizer, agentName: hostile, ownerName: hostile, ref: hostile };
  const toolchain = {
    ...exampleInput.toolchain,
    pnpmVersion: hostile,
    cargoCrates: [`$(touch\${IFS}${root.path('canary')})`, '*'],
  };
  assert.equal((await root.run(userData({ customizer, toolchain }))).code, 0, root.read(...LOG));
  const init = root.calls().find((call) => call.command === 'node' && call.args[1] === 'init');
  assert.equal(init?.args[init.args.indexOf('--agent-name') + 1], hostile);
  assert.deepEqual(
    root
      .calls()
      .find((call) => call.command === 'cargo')
      ?.args.slice(2),
    toolchain.cargoCrates,
  );
  assert.equal(root.has('canary'), false, 'a value ran');
});

test('a bot id or node version that is none stops the script before it does anything', async () => {
  const toolchain = { ...exampleInput.toolchain, nodeMajor: 'a[$(touch canary)]' as unknown as number };
  for (const change of [{ botID: '../../etc' }, { botID: 'x"y' }, { toolchain }]) {
    assert.equal((await root.run(userData(change))).code, 1);
  }
  assert.deepEqual(root.calls(), []);
  assert.equal(root.has('canary'), false);
});

test('no token and no config reaches the log, the arguments or the environment of what is installed', async () => {
  api.config = '{"id":"1-a","secrets":{"llm_api_key":"sk-very-secret"}}';
  const boot = await root.run(userData());
  await whileRunning(() => until('an acknowledgement', () => api.count(ACKNOWLEDGE) >= 1));
  const told = [root.read(...LOG), boot.output, root.read('calls')].join('\n');
  for (const secret of [
    exampleInput.registrationToken,
    api.agentToken ?? '',
    'sk-very-secret',
    'LEAKED-TOKEN',
  ]) {
    assert.ok(!told.includes(secret), `${secret.slice(0, 6)}… was told`);
  }
});
