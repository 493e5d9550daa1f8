import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dropletName } from '../../../../src/model/identity.ts';
import { withoutServers } from '../support/api-server.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';

describe('a controller of chosen namespaces, with rights in these alone', withoutServers, () => {
  let fleet: FleetOnCluster;

  before(async () => {
    fleet = await FleetOnCluster.open();
    await fleet.kubectl(['delete', 'clusterrolebinding', 'clawfleet-bots', 'clawfleet-secrets']);
    for (const namespace of ['desk', 'lab', 'elsewhere']) {
      await fleet.kubectl(['create', 'namespace', namespace]);
      await fleet.kubectl([
        'create',
        'secret',
        'generic',
        'token',
        '-n',
        namespace,
        '--from-literal=token=test',
      ]);
      const account = accountIn(namespace, { tokenSecretRef: { name: 'token', key: 'token' } });
      await fleet.apply(account, botIn(namespace, 'alpha'));
    }
    await fleet.kubectl(['apply', '-f', 'deploy/examples/overlay/role-bindings.yaml']);
    fleet.run(...alone, '--watch-namespaces=desk,lab', '--orphans=delete', '--orphan-grace=0');
  });
  after(() => fleet?.close());

  it('looks after their bots, and leaves all others alone', async () => {
    for (const namespace of ['desk', 'lab'])
      await fleet.kubectl(['wait', '-n', namespace, '--for=condition=Ready', 'bot/alpha', '--timeout=20s']);
    const other = JSON.parse(await fleet.kubectl(['get', 'bot', 'alpha', '-n', 'elsewhere', '-o', 'json']));
    assert.deepEqual([other.metadata.finalizers, other.status], [undefined, undefined]);
    assert.equal(fleet.droplets().length, 2);
  });

  it('takes no droplet for an orphan: its bot may be in a namespace that is not watched', async () => {
    const desk = JSON.parse(await fleet.kubectl(['get', 'bot', 'alpha', '-n', 'desk', '-o', 'json']));
    await fleet.kubectl(['delete', 'bot', 'alpha', '-n', 'lab', '--timeout=20s']);
    assert.deepEqual(
      fleet.droplets().map(({ name }) => name),
      [dropletName(desk.metadata.uid)],
    );
    await fleet.endControllers();
    fleet.run(...alone, '--watch-namespaces=lab', '--orphans=delete', '--orphan-grace=0');
    await fleet.apply(botIn('lab', 'beta'));
    await fleet.kubectl(['wait', '-n', 'lab', '--for=condition=Ready', 'bot/beta', '--timeout=20s']);
    // Several sweeps have passed by the time that another bot has come and gone.
    await fleet.apply(botIn('lab', 'gamma'));
    await fleet.kubectl(['wait', '-n', 'lab', '--for=condition=Ready', 'bot/gamma', '--timeout=20s']);
    await fleet.kubectl(['delete', 'bot', 'gamma', '-n', 'lab', '--timeout=20s']);
    assert.ok(fleet.droplets().some(({ name }) => name === dropletName(desk.metadata.uid)));
  });
});
