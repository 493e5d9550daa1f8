import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { selfSigned } from '../lab/certificate.ts';
import { type Droplet, newDroplet } from './support/droplet.ts';
import { limit } from './support/private-root.ts';
import { acknowledge, BEAT, REGISTER, startBotApi } from './support/start-bot-api.ts';
import { exampleInput } from './user-data-example.ts';

describe('user-data, run on a droplet', { concurrency: 5 }, () => {
  test('it boots, registers, fetches its config, acknowledges it and beats', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api } = droplet;
    const config = { id: '3-abc', version: 3, secrets: { llm_api_key: 'sk-very-secret' } };
    assert.equal((await droplet.boot()).code, 0, droplet.log);
    const [registration, ...more] = api.callsOf(REGISTER);
    assert.deepEqual(more, []);
    assert.equal(registration?.bearer, exampleInput.registrationToken);
    assert.deepEqual(registration.body, {
      bot_id: exampleInput.botID,
      agent_token: api.agentToken,
      bootstrap: { running: true, failed_steps: [] },
    });
    assert.equal(droplet.state('agent_token').trim(), api.agentToken);
    assert.equal(statSync(droplet.statePath('agent_token')).mode & 0o777, 0o600);
    assert.equal(droplet.hasState('registration_token'), false);

    const runner = droplet.startRunner();
    await api.until('a beat without a config', () => api.callsOf(BEAT).length >= 1);
    api.declare(config);
    await api.until('an acknowledgement', () => api.callsOf(acknowledge)[0]?.status === 200);
    assert.deepEqual(droplet.config, config);
    const beats = api.callsOf(BEAT).length;
    await api.until('two beats more', () => api.callsOf(BEAT).length >= beats + 2);
    const { output } = await runner.kill('SIGTERM');
    assert.match(output, /^in touch with http:\S+, config: 3-abc$/m);
    assert.deepEqual(
      api.callsOf(acknowledge).map(({ body }) => body),
      [{ config_id: '3-abc' }],
    );
    assert.equal(statSync(droplet.statePath('config.json')).mode & 0o777, 0o600);

    const health = await droplet.root.run(droplet.root.path('opt', 'openclaw', 'health.sh'));
    assert.equal(health.code, 0, health.output);
  });

  test('registration and the runner come right after curl, before all that takes long', limit, async (t) => {
    const droplet = await newDroplet(t);
    await droplet.boot();
    const order = [
      ...['curl: done', 'registration: done', 'runner: done', 'base packages: started'],
      ...['node: started', 'customizer: started', 'bootstrap complete'],
    ];
    const places = order.map((line) => droplet.log.indexOf(line));
    assert.ok(!places.includes(-1), droplet.log);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      droplet.log,
    );
    assert.match(droplet.log, /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [^\n]+\n)+$/);
  });

  test('everything declared is installed, each as the user it is for', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { root } = droplet;
    const toolchain = {
      ...exampleInput.toolchain,
      pnpmVersion: '9.12.0',
      // Names of files would stand in place of a `*` that the shell expands.
      extraAptPackages: ['ffmpeg', '-o=Evil::Option=1', 'nodejs=22.*', '*'],
      globalNpmPackages: ['tsx@4'],
      cargoCrates: ['just', 'ripgrep@14.1.0'],
    };
    const customizer = { ...exampleInput.customizer, skipCron: false };
    assert.equal((await droplet.boot({ toolchain, customizer })).code, 0, droplet.log);
    const installs = root.callsOf('apt-get').filter((call) => call.includes(' install '));
    for (const packages of ['nodejs', 'ffmpeg -o=Evil::Option=1 nodejs=22.* *', 'docker.io'])
      assert.ok(
        installs.some((call) => call.endsWith(`install -y -- ${packages}`)),
        packages,
      );
    assert.match(
      root.read('etc', 'apt', 'sources.list.d', 'nodesource.list'),
      /signed-by=\S+ \S+\/node_20\.x nodistro main/,
    );
    assert.ok(root.callsOf('corepack').includes('install --global pnpm@9.12.0'));
    assert.ok(root.callsOf('npm').includes('install --global -- tsx@4'));
    assert.deepEqual(root.callsOf('cargo'), ['install -- just ripgrep@14.1.0']);
    const firewall = ['default deny incoming', 'default allow outgoing', 'allow ssh', '--force enable'];
    assert.deepEqual(root.callsOf('ufw'), firewall);
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

  test('a second run registers nothing, customizes nothing and keeps the token', limit, async (t) => {
    const droplet = await newDroplet(t);
    assert.equal((await droplet.boot()).code, 0);
    const token = droplet.state('agent_token');
    assert.equal((await droplet.boot()).code, 0, droplet.log);
    assert.equal(droplet.api.callsOf(REGISTER).length, 1);
    assert.equal(droplet.state('agent_token'), token);
    assert.equal(droplet.root.callsOf('useradd').length, 1);
    assert.equal(droplet.root.callsOf('node').filter((call) => call.includes(' init ')).length, 1);
  });

  test('a run beside another one does nothing', limit, async (t) => {
    const droplet = await newDroplet(t);
    droplet.api.spoil(REGISTER, 'silent');
    const first = droplet.root.start(droplet.userData());
    await droplet.api.until('the first run registers', () => droplet.api.callsOf(REGISTER).length === 1);
    const calls = droplet.root.calls().length;
    assert.equal((await droplet.root.run(droplet.userData())).code, 1);
    assert.equal(droplet.root.calls().length, calls);
    assert.match(droplet.log, /another run of the bootstrap is at work/);
    await first.kill('SIGKILL');
  });

  test(
    'when answers to register are lost, cut or nonsense, the same pair is sent again',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const portal = { status: 200, body: '<html>Welcome to the hotel</html>' };
      droplet.api.spoil(REGISTER, 'lost', 'cut', portal, { status: 503, body: '' });
      assert.equal((await droplet.boot()).code, 0, droplet.log);
      const tokens = droplet.api.callsOf(REGISTER).map(({ body }) => body['agent_token']);
      assert.equal(tokens.length, 5);
      assert.equal(new Set(tokens).size, 1);
    },
  );

  test('after a power cut in the middle of register the next boot sends the same pair', limit, async (t) => {
    const droplet = await newDroplet(t);
    droplet.api.spoil(REGISTER, 'silent');
    const boot = droplet.root.start(droplet.userData());
    await droplet.api.until('a registration', () => droplet.api.callsOf(REGISTER).length === 1);
    await boot.kill('SIGKILL');
    assert.equal((await droplet.resume()).code, 0, droplet.log);
    const [before, after] = droplet.api.callsOf(REGISTER);
    assert.deepEqual(after?.body, before?.body);
    assert.equal(after?.status, 200);
  });

  test('a disk copied from another bot enrols anew', limit, async (t) => {
    const droplet = await newDroplet(t);
    assert.equal((await droplet.boot()).code, 0);
    const token = droplet.state('agent_token');
    droplet.root.write('{"id":"of-another-bot"}', 'var', 'lib', 'openclaw', 'config.json');
    const change = {
      botID: '99999999-0d3e-4a52-9f57-6c1d2e3f4a5b',
      registrationToken: 'reg-of-the-other-bot',
    };
    const other = await startBotApi(change);
    t.after(() => other.close());
    assert.equal((await droplet.boot({ ...change, controlPlaneURL: other.url })).code, 0, droplet.log);
    assert.notEqual(droplet.state('agent_token'), token);
    assert.equal(droplet.hasState('config.json'), false);
    assert.equal(other.callsOf(REGISTER).length, 1);
  });

  test('a registration token that another agent used is refused, and the rest is done', limit, async (t) => {
    const droplet = await newDroplet(t);
    assert.equal((await droplet.boot()).code, 0);
    for (const name of ['agent_token', 'enrolment']) unlinkSync(droplet.statePath(name));
    assert.equal((await droplet.boot()).code, 1);
    assert.match(droplet.log, /registration refused \(401\)/);
    assert.match(droplet.log, /failed steps, to be tried again at the next boot: registration$/m);
  });

  test('the runner registers when the control plane was away during the boot', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api } = droplet;
    const door = await api.openDoor();
    await api.close(door);
    assert.equal((await droplet.boot({ controlPlaneURL: door })).code, 1);
    assert.match(droplet.log, /registration failed, to be tried again: curl: \(7\)/);
    assert.match(droplet.log, /customizer: done/);
    const settings = `BOT_ID=${exampleInput.botID}\nCONTROL_PLANE_URL=${api.url}\n`;
    droplet.root.write(settings, 'etc', 'openclaw', 'agent.env');
    droplet.startRunner();
    await api.until('registration and beat', () => api.callsOf(BEAT)[0]?.status === 200);
    assert.equal(api.callsOf(REGISTER).length, 1);
  });

  test('a network step that fails once is tried again', limit, async (t) => {
    const droplet = await newDroplet(t);
    const failing = {
      'apt-get': ' update ',
      curl: 'nodesource',
      git: ' fetch ',
      npm: ' ci ',
      corepack: ' install ',
      cargo: '',
    };
    for (const [name, args] of Object.entries(failing)) droplet.root.write(args, `fail-${name}`);
    const toolchain = { ...exampleInput.toolchain, cargoCrates: ['just'] };
    assert.equal((await droplet.boot({ toolchain })).code, 0, droplet.log);
    for (const name of Object.keys(failing))
      assert.equal(droplet.root.has(`fail-${name}`), false, `${name} never failed`);
    assert.deepEqual(droplet.root.callsOf('dpkg'), ['--force-confold --configure -a']);
    for (const step of ['curl', 'node', 'pnpm', 'cargo crates', 'customizer'])
      assert.match(droplet.log, new RegExp(`${step}: try 1 of \\d failed, next in \\d+ s`));
  });

  test('a step that fails stops no other, and the next boot does what is left', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { root } = droplet;
    root.write('', 'break-git');
    assert.equal((await droplet.boot()).code, 1);
    assert.match(droplet.log, /git: broken/);
    assert.match(droplet.log, /failed steps, .*: customizer$/m);
    assert.match(root.read('opt', 'openclaw', 'customizer_status.txt'), /failed before init/);
    assert.ok(root.callsOf('systemctl').includes('restart openclaw-bot.service'));
    assert.ok(root.callsOf('systemctl').includes('enable --quiet openclaw-bootstrap.service'));
    assert.equal(statSync(droplet.resumeFile).mode & 0o777, 0o700);

    unlinkSync(root.path('break-git'));
    assert.equal((await droplet.resume()).code, 0, droplet.log);
    assert.throws(() => statSync(droplet.resumeFile), 'a finished bootstrap would run at every boot');
    assert.equal(droplet.api.callsOf(REGISTER).length, 1);
  });

  test(
    'failed steps are reported while and after the bootstrap runs, until a later run has mended them',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const { root, api } = droplet;
      const reports = () => api.calls.flatMap(({ body }) => body['bootstrap'] ?? []);
      const reported = (running: boolean, ...failed_steps: string[]) =>
        api.until(`the report of ${failed_steps}`, () =>
          isDeepStrictEqual(reports().at(-1), { running, failed_steps }),
        );
      const toolchain = { ...exampleInput.toolchain, globalNpmPackages: ['openclaw@2026.9.6'] };
      root.write('', 'break-npm');
      assert.equal((await droplet.boot({ toolchain })).code, 1);
      assert.equal(statusOf(droplet), 'ended\npnpm\nglobal npm packages\ncustomizer\n');
      assert.equal(statSync(root.path(...STATUS)).mode & 0o777, 0o644);
      droplet.startRunner();
      await reported(false, 'pnpm', 'global npm packages', 'customizer');

      unlinkSync(root.path('break-npm'));
      root.write('', 'break-git');
      const hang = root.write('', 'hang-npm');
      const resumed = root.start(droplet.resumeFile);
      await reported(true, 'pnpm', 'global npm packages', 'customizer');
      unlinkSync(hang);
      await resumed.ended;
      await reported(false, 'customizer');
      unlinkSync(root.path('break-git'));
      assert.equal((await droplet.resume()).code, 0, droplet.log);
      await reported(false);
      assert.equal(statusOf(droplet), 'ended\n');
    },
  );

  test('what failed counts as failed after a power cut in the middle of the next run', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { root } = droplet;
    root.write('', 'break-git');
    assert.equal((await droplet.boot()).code, 1);
    root.write('', 'hang-npm');
    const before = root.callsOf('npm').length;
    const resumed = root.start(droplet.resumeFile);
    while (root.callsOf('npm').length === before) await sleep(20);
    await resumed.kill('SIGKILL');
    assert.equal(statusOf(droplet), 'running\ncustomizer\n');
  });

  test('a status that cannot be written stops no step', limit, async (t) => {
    const droplet = await newDroplet(t);
    mkdirSync(`${droplet.root.path(...STATUS)}.new`, { recursive: true });
    assert.equal((await droplet.boot()).code, 0, droplet.log);
    assert.match(droplet.log, /bootstrap_status\.txt could not be written/);
  });

  test('a customizer that fails does not fail the droplet, and is not run again', limit, async (t) => {
    const droplet = await newDroplet(t);
    droplet.root.write(' init ', 'fail-node');
    assert.equal((await droplet.boot()).code, 0, droplet.log);
    const status = () => droplet.root.read('opt', 'openclaw', 'customizer_status.txt');
    assert.match(status(), /init failed with code 100\nref 4b170b4a/);
    assert.equal((await droplet.boot()).code, 0, droplet.log);
    assert.match(status(), /init failed/);
  });

  test('without a control plane nothing registers and no runner is installed', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { root } = droplet;
    assert.equal((await droplet.boot({ controlPlaneURL: undefined })).code, 0, droplet.log);
    assert.match(droplet.log, /no control plane: neither registration nor runner/);
    assert.equal(root.has('usr', 'local', 'lib', 'openclaw', 'agent'), false);
    assert.equal(root.has('etc', 'systemd', 'system', 'openclaw-bot.service'), false);
    assert.equal((await root.run(root.path('opt', 'openclaw', 'health.sh'))).code, 0);
  });

  test('hostile values reach their commands as they are and run nothing', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { root } = droplet;
    const run = `touch ${root.path('canary')}`;
    const hostile = `'"; ${run}; $(${run}) \`${run}\`\n${run}\n火 \\`;
    const long = `${hostile}${'x'.repeat(10_240)}`;
    const word = `$(${run.replace(' ', '$' + '{IFS}')})'";*`;
    const customizer = {
      ...exampleInput.customizer,
      ...{ agentName: long, ownerName: long, ref: long, repoURL: hostile },
      workspaceDir: `/srv/'"$(touch canary)\n火`,
    };
    const toolchain = {
      ...exampleInput.toolchain,
      ...{ pnpmVersion: hostile, rustToolchain: hostile },
      ...{ cargoCrates: [word, '*'], globalNpmPackages: [word], extraAptPackages: [word] },
    };
    assert.equal((await droplet.boot({ customizer, toolchain })).code, 0, droplet.log);
    const args = (name: string, word: string) =>
      root.calls().find((call) => call.command === name && call.args.includes(word))?.args ?? [];
    const init = args('node', 'init');
    assert.equal(init[init.indexOf('--agent-name') + 1], long);
    assert.equal(init[init.indexOf('-d') + 1], root.path() + customizer.workspaceDir);
    assert.deepEqual(args('git', 'fetch').slice(-2), [hostile, long]);
    assert.deepEqual(args('cargo', '--').slice(2), toolchain.cargoCrates);
    assert.deepEqual(args('npm', word).slice(-1), [word]);
    assert.deepEqual(args('apt-get', word).slice(-1), [word]);
    assert.deepEqual(args('corepack', 'install').slice(-1), [`pnpm@${hostile}`]);
    assert.equal(root.has('canary'), false, 'a value ran');
  });

  test(
    'an id, a URL or a version that is none stops the script before it does anything',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const toolchain = { ...exampleInput.toolchain, nodeMajor: 'a[$(touch canary)]' as unknown as number };
      const controlPlaneURL = 'https://a\nheader: $(touch canary)';
      for (const change of [{ botID: '../../etc' }, { botID: 'x"y' }, { toolchain }, { controlPlaneURL }])
        assert.equal((await droplet.boot(change)).code, 1);
      assert.deepEqual(droplet.root.calls(), []);
      assert.equal(droplet.root.has('canary'), false);
    },
  );

  test(
    'no secret is in arguments, environments, logs or files where it does not belong',
    limit,
    async (t) => {
      const droplet = await newDroplet(t, { watched: true });
      const { api } = droplet;
      api.declare({ id: '1-a', secrets: { llm_api_key: 'sk-very-secret' } });
      const boot = await droplet.boot();
      const runner = droplet.startRunner();
      await api.until('an acknowledgement', () => api.callsOf(acknowledge)[0]?.status === 200);
      const { output } = await runner.kill('SIGTERM');
      assert.ok(droplet.root.callsOf('curl').some((call) => call.includes('/config_ack')));
      assert.match(droplet.root.read('calls.environment'), /BOT_ID/);
      const places = (secret: string) => filesWith(droplet, secret);
      assert.deepEqual(places(exampleInput.registrationToken), ['part-001']);
      assert.deepEqual(places(api.agentToken ?? 'none'), ['var/lib/openclaw/agent_token']);
      assert.deepEqual(places('sk-very-secret'), ['var/lib/openclaw/config.json']);
      for (const secret of [exampleInput.registrationToken, api.agentToken ?? '', 'sk-very-secret'])
        assert.ok(!(boot.output + output).includes(secret));
    },
  );

  test('a control plane with a certificate that nobody vouches for gets no token', limit, async (t) => {
    const tls = selfSigned('clawfleet-test');
    const droplet = await newDroplet(t, { tls });
    assert.equal((await droplet.boot()).code, 1);
    assert.deepEqual(droplet.api.calls, []);
    assert.match(droplet.log, /registration failed, to be tried again: curl: \(60\) SSL certificate problem/);
  });

  test('a droplet whose clock is behind says so, and registers once the clock is right', limit, async (t) => {
    // For this droplet it is yesterday: the certificate counts from tomorrow on, until that has come.
    const [early, counting] = [selfSigned('early', 'localhost', 1), selfSigned('counting')];
    const droplet = await newDroplet(t, { tls: early, environment: { CURL_CA_BUNDLE: 'tmp/ca.pem' } });
    const { root, api } = droplet;
    root.write(early.cert + counting.cert, 'tmp', 'ca.pem');
    assert.equal((await droplet.boot()).code, 1);
    assert.match(
      droplet.log,
      /registration failed, .*: curl: \(60\) SSL certificate problem: .*not yet valid/,
    );
    assert.equal(statusOf(droplet), 'ended\nregistration\n');
    const runner = droplet.startRunner();
    await sleep(500);
    assert.deepEqual(api.calls, []);

    api.present(counting);
    await api.until('a beat', () => api.callsOf(BEAT)[0]?.status === 200);
    const [registration] = api.callsOf(REGISTER);
    assert.equal(registration?.bearer, exampleInput.registrationToken);
    for (const { body } of api.callsOf(BEAT))
      assert.deepEqual(body['bootstrap'], { running: false, failed_steps: [] });
    assert.equal(droplet.hasState('registration_token'), false);
    assert.match((await runner.kill('SIGTERM')).output, /not yet valid[\s\S]*^registered$/m);
  });
});

const STATUS = ['opt', 'openclaw', 'bootstrap_status.txt'];

function statusOf({ root }: Droplet): string {
  return root.read(...STATUS);
}

/** The files below the droplet's root that contain a text, but for the image's own. */
function filesWith(droplet: Droplet, text: string): string[] {
  const files = readdirSync(droplet.root.path(), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => path.join(file.parentPath, file.name))
    .filter((file) => readFileSync(file, 'utf8').includes(text))
    .map((file) => path.relative(droplet.root.path(), file))
    .sort();
}
