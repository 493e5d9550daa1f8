import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clawfleet, type Outcome } from '../../../cli/clawfleet.ts';
import { kubeconfigOf } from '../../../lab/kubernetes/kubeconfig.ts';
import { withoutServers } from '../support/api-server.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { patiently } from '../support/patiently.ts';

describe('the commands on a cluster', withoutServers, () => {
  let fleet: FleetOnCluster;

  const good = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await fleet.clawfleet(...args);
    assert.equal(code, 0, stderr + stdout);
    return stdout;
  };

  before(async () => {
    fleet = await FleetOnCluster.open();
    await fleet.kubectl(['create', 'namespace', 'other']);
    await fleet.apply(accountIn('default'), botIn('default', 'alpha'), botIn('default', 'beta'));
    await fleet.apply(accountIn('other'), botIn('other', 'gamma'));
  });
  after(() => fleet?.close());

  it('plan tells what would be done before any controller ran', async () => {
    const { code, stdout } = await fleet.clawfleet('plan', '-o', 'json');
    assert.equal(code, 2);
    const { bots, calls } = JSON.parse(stdout);
    assert.deepEqual(
      bots.map(({ key, kind }: { key: string; kind: string }) => `${key} ${kind}`),
      ['default/alpha create', 'default/beta create', 'other/gamma create'],
    );
    assert.equal(calls, 3);
    assert.equal(fleet.droplets().length, 0);
  });

  it('wait, get and describe show what a controller does', async () => {
    fleet.run(...alone);
    assert.match(
      await good('wait', 'bots', '--all', '--for=condition=Ready', '--timeout=20s'),
      /default\/alpha: condition=Ready met/,
    );
    const table = await good('get', 'bots');
    assert.match(table, /^NAME/);
    assert.match(table, /alpha +Online +True/);
    assert.doesNotMatch(table, /gamma/);
    assert.match(await good('get', 'bots', '-n', 'other'), /gamma/);
    assert.match(await good('get', 'bots', '-A', '-o', 'wide'), /^Fleet [a-z0-9]{8}: 3 bots/);
    assert.equal(
      (await good('get', 'bots', '-A', '-o', 'name')).trim(),
      'default/alpha\ndefault/beta\nother/gamma',
    );
    const described = await good('describe', 'bot', 'alpha');
    assert.match(described, /DropletReady +True/);
    assert.match(described, /Normal +DropletCreated/);
    assert.match(await good('describe', 'account', 'team'), /alpha/);
    assert.equal((await fleet.clawfleet('plan')).code, 0);
  });

  it('a name that is not there is answered with one that is', async () => {
    const { code, stderr } = await fleet.clawfleet('describe', 'bot', 'alpa');
    assert.equal(code, 1);
    assert.match(stderr, /There is no bot default\/alpa\.\nDid you mean default\/alpha\?/);
  });

  it('stop, start, reboot and redeploy patch the spec and nothing else', async () => {
    const before = JSON.parse(await fleet.kubectl(['get', 'bot', 'alpha', '-o', 'json']));
    assert.match(
      await good('stop', 'alpha', '--wait'),
      /spec\.powerState is now Stopped in Bot default\/alpha at 127/,
    );
    assert.match(await good('stop', 'alpha'), /unchanged/);
    await good('start', 'alpha', '--wait');
    await good('reboot', 'alpha', '--wait');
    await good('redeploy', 'alpha', '--wait');
    const after = JSON.parse(
      await fleet.kubectl(['get', 'bot', 'alpha', '-o', 'json', '--show-managed-fields']),
    );
    const { rebootRequest, redeployRequest, ...spec } = after.spec;
    assert.ok(rebootRequest && redeployRequest);
    assert.deepEqual(spec, before.spec);
    assert.notEqual(after.status.droplet.id, before.status.droplet.id);
    const managers = after.metadata.managedFields.map((each: { manager: string }) => each.manager);
    assert.ok(managers.includes('clawfleet-cli') && managers.includes('clawfleet'));
  });

  it('a person who copied a droplet says by resolve which one the bot keeps; no state is old', async () => {
    const recorded = JSON.parse(await good('get', 'bot', 'alpha', '-o', 'json')).status.droplet.id;
    const before = fleet.droplets().length;
    const [kept] = fleet.droplets().filter((droplet) => droplet.id === recorded);
    const { id, name, tags } = kept ?? assert.fail();
    const [copy] = fleet.simulator.restoreByHand({ names: [name], like: id, tags: [...tags] });
    const twin = copy?.id ?? assert.fail();
    await patiently('the fork', async () => /FleetForked/.test(await good('get', 'bot', 'alpha')));
    assert.equal(fleet.droplets().length, before + 1);
    const refused = await fleet.clawfleet('resolve', 'alpha', '--keep', '1');
    assert.match(
      refused.stderr,
      /Droplet 1 is neither on record for bot default\/alpha nor bears its name, as these do:/,
    );
    assert.match(await good('resolve', 'alpha', '--keep', String(twin), '--yes'), /keeps droplet/);
    await patiently('one droplet', () => fleet.droplets().length === before);
    assert.deepEqual(
      fleet
        .droplets()
        .filter((droplet) => droplet.name === name)
        .map((droplet) => droplet.id),
      [twin],
    );
    await good('wait', 'bot', 'alpha', '--for=condition=Ready', '--timeout=60s');
    const { stderr } = await fleet.clawfleet('fleet', 'accept-state', '--yes');
    assert.match(stderr, /is not older than its droplets: there is nothing to accept/);
  });

  it('get --watch shows changes as they come', async () => {
    const watching = fleet.start('get', 'bots', '--watch');
    await watching.until(/beta +Online/);
    await good('stop', 'beta', '--wait');
    await watching.until(/beta +Paused +True/);
    await fleet.apply(botIn('default', 'delta'));
    await watching.until(/delta/);
    watching.child.kill('SIGINT');
    await watching.ended;
  });

  it('adopt declares a bot for a droplet that exists, and rebuilds nothing', async () => {
    const { id } = await fleet.createDroplet('by-hand');
    await good('adopt', String(id), '--name', 'adopted', '--account', 'team', '-n', 'other', '--yes');
    await good('wait', 'bot', 'other/adopted', '--for=condition=DropletReady', '--timeout=20s');
    const adopted = JSON.parse(await good('get', 'bot', 'adopted', '-n', 'other', '-o', 'json'));
    assert.equal(adopted.status.droplet.id, id);
    assert.equal(fleet.droplets().filter((droplet) => droplet.id === id).length, 1);
  });

  it('droplets that vanish at once are held, and confirm lets go', async () => {
    await good('wait', 'bots', '--all', '--for=condition=Ready', '--timeout=20s');
    await fleet.apply(...['v', 'w', 'x', 'y', 'z'].map((name) => botIn('other', name)));
    await good('wait', 'bots', '--all', '-n', 'other', '--for=condition=Ready', '--timeout=20s');
    for (const { id } of fleet.droplets()) fleet.simulator.destroy(id);
    // Of a droplet adopted when it was a few seconds old, the tags count as late: no listing shows it yet.
    const all = (await good('get', 'bots', '-A', '-o', 'name')).trim().split('\n');
    const keys = all.filter((key) => key !== 'other/adopted');
    await patiently('the loss of all is held', async () => {
      const [, held = ''] = (await good('fleet')).split('Held');
      return keys.every((key) => held.includes(key));
    });
    assert.equal(fleet.droplets().length, 0);
    assert.match(await good('confirm', 'recreate', '--all'), /Confirmed: recreate/);
    // One of them is declared Stopped, and gets none.
    await patiently('they are there again', () => fleet.droplets().length === keys.length - 1, 60_000);
  });

  it('validate without a path checks what the cluster holds', async () => {
    assert.match(await good('validate'), /valid/);
  });
});

describe('commands that cannot reach bots in a cluster', withoutServers, () => {
  let fleet: FleetOnCluster;
  const cwd = () => fleet.directory;
  const told = ({ code, stderr }: Outcome): string => {
    assert.notEqual(code, 0);
    return stderr;
  };

  before(async () => {
    fleet = await FleetOnCluster.open();
  });
  after(() => fleet?.close());

  it('say where they looked for a kubeconfig', async () => {
    const env = { HOME: cwd() };
    const text = told(await clawfleet(['get', 'bots', '--source', 'kubernetes'], { cwd: cwd(), env }));
    assert.match(text, /there is no kubeconfig .*\.kube\/config/);
    assert.match(text, /--kubeconfig FILE/);
  });

  it('name the contexts there are', async () => {
    const args = ['get', 'bots', '--context', 'prod', '--kubeconfig', fleet.server.kubeconfig];
    const text = told(await clawfleet(args, { cwd: cwd() }));
    assert.match(text, /there is no context prod \(there is: test\)/);
    assert.match(text, /get-contexts/);
  });

  it('say that nobody listens there', async () => {
    const file = join(cwd(), 'refused.kubeconfig');
    writeFileSync(file, kubeconfigOf('https://127.0.0.1:1', fleet.server.caFile, 'token'));
    const text = told(await clawfleet(['get', 'bots', '--kubeconfig', file], { cwd: cwd() }));
    assert.match(text, /127\.0\.0\.1:1/);
    assert.match(text, /kubectl cluster-info/);
  });

  it('say that they are not logged in', async () => {
    const file = join(cwd(), 'stranger.kubeconfig');
    writeFileSync(file, kubeconfigOf(fleet.server.url, fleet.server.caFile, 'wrong'));
    const text = told(await clawfleet(['get', 'bots', '--kubeconfig', file], { cwd: cwd() }));
    assert.match(text, /kubectl auth whoami/);
  });

  it('say which right is missing', async () => {
    await fleet.kubectl(['create', 'serviceaccount', 'nobody']);
    const token = await fleet.kubectl(['create', 'token', 'nobody']);
    const file = join(cwd(), 'nobody.kubeconfig');
    writeFileSync(file, kubeconfigOf(fleet.server.url, fleet.server.caFile, token.trim()));
    const text = told(await clawfleet(['get', 'bots', '--kubeconfig', file], { cwd: cwd() }));
    assert.match(
      text,
      /cannot list resource "bots" in API group "clawfleet\.dev" in the namespace "default"/,
    );
    assert.match(text, /rbac-users\.yaml/);
  });

  it('serve a user with rights in one namespace only', async () => {
    await fleet.kubectl(['create', 'namespace', 'mine']);
    await fleet.apply(accountIn('mine'), botIn('mine', 'alpha'));
    await fleet.kubectl(['create', 'serviceaccount', 'me', '-n', 'mine']);
    await fleet.kubectl([
      'create',
      'rolebinding',
      'me',
      '-n',
      'mine',
      '--clusterrole=clawfleet-view',
      '--serviceaccount=mine:me',
    ]);
    const token = await fleet.kubectl(['create', 'token', 'me', '-n', 'mine']);
    const file = join(cwd(), 'me.kubeconfig');
    writeFileSync(file, kubeconfigOf(fleet.server.url, fleet.server.caFile, token.trim()));
    const look = (...args: string[]) => clawfleet([...args, '--kubeconfig', file], { cwd: cwd() });
    assert.match((await look('get', 'bots', '-n', 'mine')).stdout, /alpha/);
    assert.match(
      (await look('get', 'bots', '-n', 'mine', '-o', 'wide')).stdout,
      /you may not read its record/,
    );
    assert.match(told(await look('get', 'bots', '-A')), /cannot list resource "bots".*at the cluster scope/);
    assert.match(told(await look('stop', 'alpha', '-n', 'mine')), /cannot patch resource "bots"/);
  });

  it('say that the definitions are not installed, the controller too', async () => {
    await fleet.kubectl(['delete', 'crd', '--all']);
    for (const outcome of [await fleet.clawfleet('get', 'bots'), await fleet.run(...alone).ended]) {
      const text = told(outcome);
      assert.match(text, /does not know bots\.clawfleet\.dev: its CustomResourceDefinition is not installed/);
      assert.match(text, /clawfleet crds \| kubectl apply -f -/);
    }
  });
});
