import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import type { Input } from '../../../src/decide/input.ts';
import { until } from '../../lab/until.ts';
import { endAll } from '../clawfleet.ts';
import { type SharedCloud, sharedCloud, type Workplace } from '../shared-cloud.ts';

let cloud: SharedCloud;

before(async () => {
  cloud = await sharedCloud();
});

after(endAll);

const allReady = ['wait', 'bots', '--all', '--for=condition=Ready'] as const;

/** Undefined between the loss of one droplet and the record of the next. */
async function recordedDroplet(place: Workplace, bot: string): Promise<number | undefined> {
  const { stdout } = await place.command('get', 'bot', bot, '-o', 'json');
  return (JSON.parse(stdout) as { status: { droplet?: { id: number } } }).status.droplet?.id;
}

async function dropletOf(place: Workplace, bot: string): Promise<number> {
  const id = await recordedDroplet(place, bot);
  assert.ok(id !== undefined, `bot ${bot} records no droplet`);
  return id;
}

async function namesakes(id: number): Promise<number[]> {
  const droplets = await cloud.droplets();
  const name = droplets.find((droplet) => droplet.id === id)?.name;
  return droplets.filter((droplet) => droplet.name === name).map((droplet) => droplet.id);
}

/** A fleet of three that ran once, in peace. */
async function settled(): Promise<Workplace> {
  const place = cloud.fleet(['alpha', 'beta', 'gamma']);
  const { stop } = await place.run();
  await place.shows(/alpha/);
  const { code, stderr } = await place.command(...allReady);
  assert.equal(code, 0, stderr);
  await stop();
  return place;
}

describe('two controllers on copies of one state', () => {
  let place: Workplace;
  let controller: Awaited<ReturnType<Workplace['run']>>;
  let old: number;
  let young: number;

  before(async () => {
    place = await settled();
    old = await dropletOf(place, 'alpha');
    const copy = cloud.copy(place);
    assert.equal((await copy.command('fleet', 'take-over')).code, 0);
    await cloud.order('POST', '/faults', { effect: 'hide', droplets: { ids: [old] } });
    const other = await copy.run();
    await until('the second droplet', 30_000, 100, async () => (await namesakes(old)).length === 2);
    await until('it is on record', 30_000, 100, async () => {
      const recorded = await recordedDroplet(copy, 'alpha');
      return recorded !== undefined && recorded !== old;
    });
    young = await dropletOf(copy, 'alpha');
    await other.stop();
    await cloud.order('DELETE', '/faults');
    controller = await place.run();
  });

  it('stall the bot that has two droplets as FleetForked, and neither is destroyed', async () => {
    await place.shows(/alpha +Error +False +FleetForked/);
    assert.deepEqual(await namesakes(old), [old, young]);
    const { stdout } = await place.command('describe', 'bot', 'alpha');
    assert.match(
      stdout,
      new RegExp(`${young} \\(birth 2\\) bears this bot's name.*clawfleet resolve default/alpha`),
    );
  });

  it('describe --why prints the verdict in words and what it rests on, and JSON that decides the same', async () => {
    const { url } = controller;
    const shown = await place.command('describe', 'bot', 'alpha', '--why', '--controller', url);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(
      shown.stdout,
      /^default\/alpha: decided at 2\S+Z\.\n {2}It changes nothing\.\n {2}Ready is False, FleetForked: /,
    );
    assert.match(shown.stdout, /^ {2}A person is needed\.$/m);
    assert.match(shown.stdout, /^ {4}- droplet:\n {8}id: \d+/m);
    const json = await place.command('describe', 'bot', 'alpha', '--why', '-o', 'json', '--controller', url);
    const { input, decision } = JSON.parse(json.stdout) as { input: Input; decision: Decision };
    assert.equal(JSON.stringify(decide(input)), JSON.stringify(decision));
    const rest = await place.command('describe', 'bot', 'beta', '--why', '--controller', url);
    assert.match(rest.stdout, /^default\/beta: It is at rest: the last pass found nothing to do\./);
  });

  it('describe --why says what to do where no controller, or another one, answers', async () => {
    const ask = async (...more: string[]) => (await place.command('describe', 'bot', ...more)).stderr;
    const silent = await ask('alpha', '--why', '--controller', 'http://127.0.0.1:1');
    assert.match(
      silent,
      /^Error: No controller can be asked at http:\/\/127\.0\.0\.1:1: .*\nStart `clawfleet run`, or give --controller/,
    );
    const unknown = await ask('alhpa', '--why', '--controller', controller.url);
    assert.match(unknown, /^Error: There is no bot default\/alhpa\.\n/);
    const other = await ask('alpha', '--why', '--controller', cloud.url);
    assert.match(other, /^Error: http\S+\/debug\/decisions\/default\/alpha answers \d+: /);
    assert.match(
      await ask('alpha', '--why', '--controller', 'there'),
      /^Error: --controller must be a URL, got "there"\./,
    );
    assert.match(await ask('alpha', '-o', 'json'), /^Error: --why is about bots, and --output about --why\./);
  });

  it('resolve refuses a droplet that is none of the bot’s, with those there are', async () => {
    const other = await dropletOf(place, 'beta');
    const { stderr, code } = await place.command('resolve', 'alpha', '--keep', String(other));
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(`^Error: Droplet ${other} is neither on record for bot default/alpha nor bears`),
    );
    assert.match(stderr, new RegExp(`^ {2}${old} +active +1 .* on record$`, 'm'));
    assert.match(
      stderr,
      new RegExp(`^ {2}${young} +active +2 .* of a create that this state does not know$`, 'm'),
    );
  });

  it('resolve says what becomes of each, and stores nothing under --dry-run or without a terminal', async () => {
    const shown = await place.command('resolve', 'alpha', '--keep', String(young), '--dry-run');
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, new RegExp(`^ {2}${young} is put on record in the place of ${old}\\.`, 'm'));
    assert.match(shown.stdout, new RegExp(`^ {2}${old} is destroyed, with everything on it\\.$`, 'm'));
    const unasked = await place.command('resolve', 'alpha', '--keep', String(young));
    assert.match(unasked.stderr, /There is no terminal to ask on/);
    assert.doesNotMatch((await place.command('fleet', 'show')).stdout, /Decided/);
  });

  it('the bot is Ready with the droplet that a person keeps, and the other one is destroyed', async () => {
    const decided = await place.command('resolve', 'alpha', '--keep', String(young), '--yes');
    assert.match(
      decided.stdout,
      new RegExp(`Decided: bot default/alpha keeps droplet ${young}\\.`),
      decided.stderr,
    );
    await place.shows(/alpha +Online +True/);
    await until('the other one to be gone', 30_000, 100, async () => (await namesakes(young)).length === 1);
    assert.equal(await dropletOf(place, 'alpha'), young);
    await until('the matter to be closed', 30_000, 100, async () => {
      const { stdout } = await place.command('fleet', 'show');
      return !stdout.includes('Decided');
    });
    const again = await place.command('resolve', 'alpha', '--keep', String(young), '--yes');
    assert.match(again.stdout, /has droplet \d+ alone: there is nothing to decide\./);
    assert.equal((await cloud.droplets()).length, 3);
    await controller.stop();
  });
});

describe('a state restored from before a redeploy', () => {
  let place: Workplace;
  let controller: Awaited<ReturnType<Workplace['run']>>;
  let redeployed: number;

  before(async () => {
    cloud = await sharedCloud();
    place = await settled();
    assert.equal((await place.command('fleet', 'backup', 'copy.db')).code, 0);
    const first = await place.run();
    const done = await place.command('redeploy', 'alpha', '--wait');
    assert.equal(done.code, 0, done.stderr);
    redeployed = await dropletOf(place, 'alpha');
    await cloud.listed(redeployed);
    await first.stop();
    const restored = await place.command('fleet', 'restore', 'copy.db', '--yes');
    assert.equal(restored.code, 0, restored.stderr);
    assert.notEqual(await dropletOf(place, 'alpha'), redeployed);
    rmSync(join(place.cwd, 'bots', 'gamma.yaml'));
    controller = await place.run();
  });

  const readyz = async () => (await fetch(`${controller.url}/readyz`)).text();

  it('is StateIsOld: the newer droplet is taken over, and nothing goes for what the state says', async () => {
    await place.shows(/gamma +\w+ +False +StateIsOld/);
    await place.shows(new RegExp(`alpha +Online +True +- +${redeployed}`));
    assert.match(await readyz(), /^not ready:\n1 droplet is newer than this state/);
    const { stdout } = await place.command('fleet', 'show');
    assert.match(stdout, /^Old state: +for \d+s, 1 droplet newer than it: .*`clawfleet fleet accept-state`/m);
    assert.equal((await cloud.droplets()).length, 3);
  });

  it('accept-state says what goes on then, and lets it', async () => {
    const shown = await place.command('fleet', 'accept-state', '--dry-run');
    assert.match(shown.stdout, /^ {2}deletion of bots no longer declared, .*: default\/gamma$/m);
    assert.match(shown.stdout, /^ {2}redeploys that were asked for .*: none$/m);
    assert.match((await place.command('fleet', 'accept-state')).stderr, /There is no terminal to ask on/);
    assert.match(await readyz(), /newer than this state/);
    const accepted = await place.command('fleet', 'accept-state', '--yes');
    assert.equal(accepted.code, 0, accepted.stderr);
    const gone = await place.command('wait', 'bot', 'gamma', '--for=delete', '--timeout', '30s');
    assert.equal(gone.code, 0, gone.stderr);
    await until('readiness', 30_000, 100, async () => (await readyz()) === 'ok\n');
    const again = await place.command('fleet', 'accept-state', '--yes');
    assert.match(again.stderr, /^Error: The state of fleet \w+ is not older than its droplets/);
    assert.equal((await cloud.droplets()).length, 2);
    await controller.stop();
  });
});

describe('more destructions than usual that nobody asked for', () => {
  it('are held, and confirm destroy says what it destroys before it does', async () => {
    cloud = await sharedCloud();
    const names = ['alpha', 'beta', 'gamma'];
    const place = cloud.fleet(names);
    const controller = await place.run();
    await place.shows(/alpha/);
    assert.equal((await place.command(...allReady)).code, 0);
    const done = await place.command('redeploy', ...names, '--wait');
    assert.equal(done.code, 0, done.stderr);
    const late = [];
    for (const id of await Promise.all(names.map((name) => dropletOf(place, name)))) {
      const { name = '', tags = [] } = (await cloud.droplets()).find((droplet) => droplet.id === id) ?? {};
      const earlier = tags
        .filter((tag) => !tag.startsWith('request-'))
        .map((tag) => tag.replace('birth-2', 'birth-1'));
      await cloud.order('POST', '/droplets', { names: [name], like: id, tags: earlier });
      late.push(name);
    }
    await until('two of them to be gone', 60_000, 100, async () => (await cloud.droplets()).length === 4);
    let held = '';
    await until('the hold of the third', 30_000, 100, async () => {
      const { stdout } = await place.command('fleet', 'show');
      held = /of more droplets than usual: 1 bot, for \d+s: default\/(\w+)\./.exec(stdout)?.[1] ?? '';
      return held !== '';
    });
    const { stdout } = await place.command('fleet', 'show');
    assert.equal(stdout.match(/^ {2}droplet \d+, \d+s ago$/gm)?.length, 2, stdout);
    assert.match(
      await (await fetch(`${controller.url}/readyz`)).text(),
      /1 destructions that nobody asked for are held/,
    );
    const stays = await dropletOf(place, held);
    const [surplus] = (await namesakes(stays)).filter((id) => id !== stays);
    const shown = await place.command('confirm', 'destroy', held, '--dry-run');
    assert.match(
      shown.stdout,
      new RegExp(
        `^ {2}default/${held}: droplet ${surplus} \\(active, [\\d.]+, birth 1, created \\d+s ago\\) is destroyed as a duplicate; droplet ${stays} \\(.*birth 2, .*\\) stays\\n$`,
      ),
    );
    const other = names.find((name) => name !== held) ?? '';
    const refused = await place.command('confirm', 'destroy', other);
    assert.match(refused.stderr, new RegExp(`^Error: default/${other} is not held from being destroyed\\.`));
    const confirmed = await place.command('confirm', 'destroy', held);
    assert.match(confirmed.stdout, /Confirmed: destroy 1 bot/);
    await until('the third to be gone', 30_000, 100, async () => (await cloud.droplets()).length === 3);
    assert.equal(await dropletOf(place, held), stays);
    await controller.stop();
  });
});
