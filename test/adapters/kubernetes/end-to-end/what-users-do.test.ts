import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { BotObject } from '../../../../src/adapters/kubernetes/source/objects.ts';
import { dropletName } from '../../../../src/model/identity.ts';
import { withoutServers } from '../support/api-server.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { patiently } from '../support/patiently.ts';

describe('what users do to bots in a cluster', withoutServers, () => {
  let fleet: FleetOnCluster;

  /** A namespace of the test's own with an account and these bots, all Ready. */
  const readyIn = async (namespace: string, ...names: string[]) => {
    await fleet.kubectl(['create', 'namespace', namespace]);
    await fleet.apply(accountIn(namespace), ...names.map((name) => botIn(namespace, name)));
    await fleet.kubectl(['wait', '-n', namespace, '--for=condition=Ready', 'bot', '--all', '--timeout=20s']);
  };
  const bots = async (namespace: string): Promise<readonly BotObject[]> =>
    JSON.parse(await fleet.kubectl(['get', 'bots', '-n', namespace, '-o', 'json'])).items;
  const bot = async (namespace: string, name: string): Promise<BotObject> =>
    JSON.parse(await fleet.kubectl(['get', 'bot', name, '-n', namespace, '-o', 'json']));
  const dropletOf = (uid: string) => fleet.droplets().find(({ name }) => name === dropletName(uid));
  const dropletIDs = async (namespace: string) =>
    (await bots(namespace)).map(({ status }) => status?.droplet?.id ?? assert.fail()).sort();
  const alive = () =>
    fleet
      .droplets()
      .map(({ id }) => id)
      .sort();

  before(async () => {
    fleet = await FleetOnCluster.open({}, { controllers: true });
    fleet.run(...alone);
  });
  after(() => fleet?.close());

  it('apply, wait, see, delete: the droplet is gone before the object is', async () => {
    await readyIn('apply', 'alpha');
    const { metadata, status } = await bot('apply', 'alpha');
    assert.deepEqual(metadata.finalizers, ['clawfleet.dev/droplet']);
    assert.equal(status?.observedGeneration, metadata.generation);
    assert.equal(dropletOf(metadata.uid)?.id, status?.droplet?.id);
    const table = await fleet.kubectl(['get', 'bots', '-n', 'apply']);
    assert.match(table, new RegExp(`alpha +Online +True +${status?.droplet?.id}`));
    fleet.simulator.change({ deleteMs: 400 });
    await fleet.kubectl(['delete', 'bot', 'alpha', '-n', 'apply', '--wait=false']);
    await patiently('the object is gone', async () => {
      const isGone = (await bots('apply')).length === 0;
      // Whoever sees no object any more finds no droplet either.
      if (isGone) assert.equal(dropletOf(metadata.uid), undefined);
      return isGone;
    });
    fleet.simulator.change({ deleteMs: 0 });
  });

  it('kubectl edit: a config change leaves the droplet alone, a power change follows', async () => {
    await readyIn('edit', 'alpha');
    const before = await bot('edit', 'alpha');
    const patch = (spec: object) =>
      fleet.kubectl(['patch', 'bot', 'alpha', '-n', 'edit', '--type=merge', '-p', JSON.stringify({ spec })]);
    await patch({ persona: 'tweaker' });
    const observed = await patiently('the change is observed', async () => {
      const now = await bot('edit', 'alpha');
      return now.status?.observedGeneration === (before.metadata.generation ?? 0) + 1 && now;
    });
    assert.equal(observed.status?.droplet?.id, before.status?.droplet?.id);
    await patch({ powerState: 'Stopped' });
    await patiently('the droplet is off', () => dropletOf(before.metadata.uid)?.status === 'off');
    assert.match(
      (await fleet.clawfleet('start', 'alpha', '-n', 'edit', '--wait')).stdout,
      /edit\/alpha: done/,
    );
    assert.equal(dropletOf(before.metadata.uid)?.status, 'active');
    assert.equal(
      fleet.simulator.lives.lives().filter(({ name }) => name === dropletName(before.metadata.uid)).length,
      1,
    );
  });

  it('a bad edit is refused by the server, and changes nothing', async () => {
    await readyIn('bad', 'alpha');
    const { code, stderr } = await fleet.tried([
      ...['patch', 'bot', 'alpha', '-n', 'bad', '--type=merge', '-p', '{"spec":{"persona":"nobody"}}'],
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /spec\.persona/);
  });

  it('a status wiped by hand is put back, and nothing is created', async () => {
    await readyIn('wiped', 'alpha');
    const before = await bot('wiped', 'alpha');
    await fleet.kubectl([
      ...['patch', 'bot', 'alpha', '-n', 'wiped', '--subresource=status', '--type=json'],
      ...['-p', '[{"op":"remove","path":"/status"}]'],
    ]);
    await patiently('the status is there again', async () => {
      const { status } = await bot('wiped', 'alpha');
      return status?.droplet?.id === before.status?.droplet?.id && status?.phase === 'Online';
    });
    assert.equal(
      fleet.simulator.lives.lives().filter(({ name }) => name === dropletName(before.metadata.uid)).length,
      1,
    );
  });

  it('a finalizer removed by hand from a living bot is put back', async () => {
    await readyIn('finalizer', 'alpha');
    const before = await bot('finalizer', 'alpha');
    await fleet.kubectl([
      ...[
        'patch',
        'bot',
        'alpha',
        '-n',
        'finalizer',
        '--type=merge',
        '-p',
        '{"metadata":{"finalizers":null}}',
      ],
    ]);
    await patiently(
      'it is there again',
      async () => (await bot('finalizer', 'alpha')).metadata.finalizers?.length === 1,
    );
    assert.equal(dropletOf(before.metadata.uid)?.id, before.status?.droplet?.id);
  });

  it('delete --all in a namespace takes all its droplets, and no other', async () => {
    await readyIn('emptied', 'a', 'b', 'c', 'd', 'e');
    await readyIn('kept', 'a', 'b');
    const kept = await dropletIDs('kept');
    const lost = await dropletIDs('emptied');
    await fleet.kubectl(['delete', 'bots', '--all', '-n', 'emptied', '--timeout=20s']);
    assert.deepEqual(
      alive().filter((id) => lost.includes(id)),
      [],
    );
    assert.deepEqual(
      alive().filter((id) => kept.includes(id)),
      kept,
    );
  });

  it('delete ns ends, and takes all its droplets', async () => {
    await readyIn('doomed', 'a', 'b', 'c');
    const lost = await dropletIDs('doomed');
    await fleet.kubectl(['delete', 'namespace', 'doomed', '--timeout=40s']);
    assert.deepEqual(
      alive().filter((id) => lost.includes(id)),
      [],
    );
  });

  for (const flag of ['--cascade=foreground', '--cascade=orphan', '--force']) {
    it(`delete ${flag} goes the same way`, async () => {
      const namespace = `delete${flag.replace(/[^a-z]+/g, '-')}`;
      await readyIn(namespace, 'alpha');
      const [id] = await dropletIDs(namespace);
      await fleet.kubectl(['delete', 'bot', 'alpha', '-n', namespace, flag, '--timeout=20s']);
      assert.deepEqual(
        alive().filter((each) => each === id),
        [],
      );
    });
  }

  it('deletionPolicy Orphan leaves the droplet', async () => {
    await readyIn('orphaned', 'alpha');
    const [id = 0] = await dropletIDs('orphaned');
    await fleet.kubectl([
      ...[
        'patch',
        'bot',
        'alpha',
        '-n',
        'orphaned',
        '--type=merge',
        '-p',
        '{"spec":{"deletionPolicy":"Orphan"}}',
      ],
    ]);
    await fleet.kubectl(['delete', 'bot', 'alpha', '-n', 'orphaned', '--timeout=20s']);
    assert.ok(alive().includes(id));
  });

  it('a Secret that an account lacks is a condition that clears by itself', async () => {
    await fleet.kubectl(['create', 'namespace', 'secret']);
    await fleet.apply(
      accountIn('secret', { tokenSecretRef: { name: 'token', key: 'token' } }),
      botIn('secret', 'alpha'),
    );
    await fleet.kubectl([
      ...[
        'wait',
        '-n',
        'secret',
        '--for=jsonpath={.status.conditions[?(@.type=="Stalled")].reason}=TokenSecretMissing',
      ],
      ...['bot/alpha', '--timeout=10s'],
    ]);
    await fleet.kubectl([
      'create',
      'secret',
      'generic',
      'token',
      '-n',
      'secret',
      '--from-literal=token=test',
    ]);
    await fleet.kubectl(['wait', '-n', 'secret', '--for=condition=Ready', 'bot/alpha', '--timeout=20s']);
  });

  it('is level at last: nothing is written any more', async () => {
    const versions = async () =>
      await fleet.kubectl([
        'get',
        'bots,accounts',
        '-A',
        '-o',
        'jsonpath={.items[*].metadata.resourceVersion}',
      ]);
    const journaled = fleet.simulator.lives.lives().length;
    await patiently('no version changes for a while', async () => {
      const before = await versions();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return before === (await versions());
    });
    assert.equal(fleet.simulator.lives.lives().length, journaled);
    assert.deepEqual(fleet.simulator.lives.overlaps(), []);
  });
});
