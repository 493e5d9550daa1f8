import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { firstStatusAnnotation } from '../../../../src/adapters/kubernetes/source/cache/first-status.ts';
import type { BotObject } from '../../../../src/adapters/kubernetes/source/objects.ts';
import type { FaultRule } from '../../../../src/adapters/simulator/faults/fault-rule.ts';
import { dropletName } from '../../../../src/model/identity.ts';
import type { BotStatus } from '../../../../src/model/spec/bot-status.ts';
import type { Running } from '../../../cli/clawfleet.ts';
import { withoutServers } from '../support/api-server.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { patiently } from '../support/patiently.ts';

const post = { method: 'POST', path: '/v2/droplets' };
const windowMs = 2_000;

describe('the first create of a bot in a cluster', withoutServers, () => {
  let fleet: FleetOnCluster;
  let controller: Running;

  const bot = async (name: string): Promise<BotObject> =>
    JSON.parse(await fleet.kubectl(['get', 'bot', name, '-o', 'json']));
  const isGone = async (name: string) =>
    (await fleet.kubectl(['get', 'bot', name, '--ignore-not-found', '-o', 'name'])) === '';
  const ready = (name: string) =>
    fleet.kubectl(['wait', '--for=condition=Ready', `bot/${name}`, '--timeout=40s']);
  const posts = (uid: string) =>
    fleet.simulator.journal
      .entries({ route: 'POST /v2/droplets' })
      .filter(({ body }) => (body as { readonly name?: string }).name === dropletName(uid));
  const lives = (uid: string) =>
    fleet.simulator.lives.lives().filter(({ name }) => name === dropletName(uid));
  const firstOf = ({ metadata }: BotObject): { readonly uid: string; readonly status: BotStatus } =>
    JSON.parse(metadata.annotations?.[firstStatusAnnotation] ?? '{}');
  const crash = async () => {
    controller.child.kill('SIGKILL');
    await controller.ended;
  };
  /** The bot as it is once its POST has left, of which this becomes. */
  const posted = async (name: string, effect: FaultRule['effect'], delayMs = 600_000): Promise<BotObject> => {
    fleet.simulator.faults.order({ match: post, effect, delayMs, times: 1 });
    await fleet.apply(botIn('default', name));
    const { metadata } = await bot(name);
    await patiently('the POST has left', () => posts(metadata.uid).length === 1);
    return bot(name);
  };
  const writes = async () => {
    const page = await fleet.kubectl(['get', '--raw', '/metrics']);
    const counts = [...page.matchAll(/^apiserver_request_total\{(.*)\} (\d+)$/gm)].filter(
      ([, labels = '']) => labels.includes('resource="bots"') && /verb="(PUT|PATCH|APPLY)"/.test(labels),
    );
    return counts.reduce((sum, [, , count]) => sum + Number(count), 0);
  };

  before(async () => {
    fleet = await FleetOnCluster.open();
    await fleet.apply(accountIn('default'));
  });
  after(() => fleet?.close());
  beforeEach(() => {
    controller = fleet.run(...alone);
  });
  afterEach(async () => {
    fleet.simulator.faults.withdraw();
    await crash();
  });

  it('takes one write before its call, and at most two after it', async () => {
    await controller.until(/"metrics"/);
    const before = await writes();
    const asked = await posted('counted', 'delay', 3_000);
    assert.deepEqual(asked.metadata.finalizers, ['clawfleet.dev/droplet']);
    assert.equal(asked.status, undefined);
    const { uid, status } = firstOf(asked);
    assert.equal(uid, asked.metadata.uid);
    assert.equal((await writes()) - before, 1);
    const { stdout } = await fleet.clawfleet('get', 'bots', 'counted', '-o', 'json');
    assert.equal(JSON.parse(stdout).status.createAttempt.id, status.createAttempt?.id);
    await ready('counted');
    assert.ok((await writes()) - before <= 3);
    assert.equal((await bot('counted')).status?.droplet?.attemptID, status.createAttempt?.id);
  });

  it('of a bot that had to wait goes into its status, like every later one', async () => {
    const account = (maxBots: number) => ({
      ...accountIn('default', { maxBots }),
      metadata: { namespace: 'default', name: 'full' },
    });
    await fleet.apply(account(0), botIn('default', 'waiting', { accountRef: { name: 'full' } }));
    await fleet.kubectl([
      ...['wait', '--for=jsonpath={.status.conditions[?(@.type=="Ready")].reason}=QuotaExceeded'],
      ...['bot/waiting', '--timeout=20s'],
    ]);
    assert.deepEqual((await bot('waiting')).metadata.finalizers, ['clawfleet.dev/droplet']);
    await fleet.apply(account(1));
    await ready('waiting');
    const { metadata } = await bot('waiting');
    assert.equal(metadata.annotations?.[firstStatusAnnotation], undefined);
    assert.equal(lives(metadata.uid).length, 1);
  });

  it('that never arrived before a crash is made again only after the settling window', async () => {
    const { metadata } = await posted('unsent', 'hangBefore');
    await crash();
    controller = fleet.run(...alone);
    await fleet.kubectl([
      ...['wait', '--for=jsonpath={.status.conditions[?(@.type=="Ready")].reason}=CreateInDoubt'],
      ...['bot/unsent', '--timeout=20s'],
    ]);
    const doubtfulAt = fleet.simulator.now();
    assert.equal(lives(metadata.uid).length, 0);
    await ready('unsent');
    assert.equal(lives(metadata.uid).length, 1);
    const [, again] = posts(metadata.uid);
    const entries = fleet.simulator.journal.entries({ route: 'GET /v2/droplets' });
    const looks = entries.filter(({ query }) => query.includes(`name=${dropletName(metadata.uid)}`));
    assert.ok(again && again.at - doubtfulAt > windowMs / 2, 'it was waited for');
    assert.ok(looks.length >= 2 && looks.some(({ at }) => again.at - at < windowMs / 2), 'it was looked for');
  });

  it('that happened before a crash is found, with all that was asked for', async () => {
    const asked = await posted('found', 'hangAfter');
    await crash();
    controller = fleet.run(...alone);
    await ready('found');
    const { metadata, status } = await bot('found');
    assert.equal(lives(metadata.uid).length, 1);
    const first = firstOf(asked).status;
    assert.deepEqual(status?.droplet?.template, first.createAttempt?.template);
    assert.deepEqual(
      status?.registration?.tokens.map(({ sha256 }) => sha256),
      first.registration?.tokens.map(({ sha256 }) => sha256),
    );
  });

  it('in doubt keeps a bot that is deleted until its droplet is gone', async () => {
    const { metadata } = await posted('deleted', 'hangAfter');
    await crash();
    await fleet.kubectl(['delete', 'bot', 'deleted', '--wait=false']);
    assert.equal(lives(metadata.uid).length, 1);
    controller = fleet.run(...alone);
    await patiently('the object is gone', () => isGone('deleted'));
    assert.equal(
      fleet.droplets().some(({ name }) => name === dropletName(metadata.uid)),
      false,
    );
  });

  it('is not forgotten by whoever made it when somebody replaces the object meanwhile', async () => {
    for (const [name, effect] of [
      ['replaced', 'delay'],
      ['lost', 'cutAfter'],
    ] as const) {
      fleet.simulator.change({ listLagMs: 1_000 });
      const { metadata } = await posted(name, effect, 1_000);
      const plain = botIn('default', name, { persona: 'tweaker' });
      await fleet.kubectl(['replace', '-f', '-'], JSON.stringify(plain));
      await ready(name);
      fleet.simulator.change({ listLagMs: 0 });
      assert.equal(lives(metadata.uid).length, 1);
      assert.deepEqual((await bot(name)).metadata.finalizers, ['clawfleet.dev/droplet']);
    }
  });

  it('is found in the listing when the object is replaced and the process killed before the answer', async () => {
    const { metadata } = await posted('forgotten', 'hangAfter');
    await fleet.kubectl(['replace', '-f', '-'], JSON.stringify(botIn('default', 'forgotten')));
    await crash();
    const plain = await bot('forgotten');
    assert.deepEqual(
      [plain.metadata.finalizers, plain.metadata.annotations, plain.status],
      [undefined, undefined, undefined],
    );
    controller = fleet.run(...alone);
    await ready('forgotten');
    assert.equal(lives(metadata.uid).length, 1);
  });

  it('is asked for at once where an annotation is another’s, or nobody’s', async () => {
    await fleet.apply(botIn('default', 'original'));
    await ready('original');
    const { annotations } = (await bot('original')).metadata;
    const strange = { [firstStatusAnnotation]: '{"uid":' };
    for (const [name, theirs] of [
      ['copied', annotations],
      ['garbled', strange],
    ] as const) {
      const object = botIn('default', name) as BotObject;
      await fleet.kubectl(
        ['create', '-f', '-'],
        JSON.stringify({ ...object, metadata: { ...object.metadata, annotations: theirs } }),
      );
      await ready(name);
      const { metadata, status } = await bot(name);
      assert.equal(posts(metadata.uid).length, 1);
      assert.equal(firstOf(await bot(name)).uid, metadata.uid);
      assert.equal(status?.ownerUID, metadata.uid);
    }
    await controller.until(/default\/garbled.*create-attempt was not written by this fleet/);
  });

  it('restored from a backup taken amid it, with a new uid, has a droplet of its own', async () => {
    const asked = await posted('restored', 'hangBefore');
    await crash();
    await fleet.kubectl([
      'patch',
      'bot',
      'restored',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ]);
    await fleet.kubectl(['delete', 'bot', 'restored', '--timeout=10s']);
    const { uid: _, resourceVersion: __, ...metadata } = asked.metadata;
    await fleet.kubectl(['create', '-f', '-'], JSON.stringify({ ...asked, metadata }));
    controller = fleet.run(...alone);
    await ready('restored');
    const after = await bot('restored');
    assert.notEqual(after.metadata.uid, asked.metadata.uid);
    assert.equal(lives(asked.metadata.uid).length, 0);
    assert.equal(lives(after.metadata.uid).length, 1);
  });

  it('whose status somebody wipes later is history', async () => {
    await fleet.apply(botIn('default', 'wiped'));
    await ready('wiped');
    const { metadata, status } = await bot('wiped');
    await fleet.kubectl([
      ...['patch', 'bot', 'wiped', '--subresource=status', '--type=json'],
      ...['-p', '[{"op":"remove","path":"/status"}]'],
    ]);
    await ready('wiped');
    const after = await bot('wiped');
    assert.equal(after.status?.droplet?.id, status?.droplet?.id);
    assert.equal(after.status?.registration, undefined);
    assert.equal(lives(metadata.uid).length, 1);
  });
});
