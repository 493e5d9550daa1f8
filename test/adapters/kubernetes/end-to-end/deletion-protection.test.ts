import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withoutServers } from '../support/api-server.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { patiently } from '../support/patiently.ts';

const unprotected = ['--type=merge', '-p', '{"spec":{"deletionProtection":false}}'];

describe('a protected bot in a cluster', withoutServers, () => {
  let fleet: FleetOnCluster;

  const readyIn = async (namespace: string, spec: object = {}) => {
    await fleet.kubectl(['create', 'namespace', namespace]);
    const bot = botIn(namespace, 'alpha', { deletionProtection: true, ...spec });
    await fleet.apply(accountIn(namespace), bot);
    await fleet.kubectl(['wait', '-n', namespace, '--for=condition=Ready', 'bot/alpha', '--timeout=20s']);
  };
  const kept = (namespace: string) =>
    fleet.kubectl([
      ...['wait', '-n', namespace, 'bot/alpha', '--timeout=20s'],
      '--for=jsonpath={.status.conditions[?(@.type=="Ready")].reason}=DeletionProtected',
    ]);
  const gone = (namespace: string) =>
    fleet.kubectl(['wait', '-n', namespace, '--for=delete', 'bot/alpha', '--timeout=20s']);

  before(async () => {
    fleet = await FleetOnCluster.open({}, { controllers: true });
    fleet.run(...alone);
  });
  after(() => fleet?.close());

  it('stays when kubectl deletes it, follows further edits, and goes once it is protected no more', async () => {
    await readyIn('patched');
    await fleet.kubectl(['delete', 'bot', 'alpha', '-n', 'patched', '--wait=false']);
    await kept('patched');
    assert.equal(fleet.droplets().length, 1);
    const { stdout } = await fleet.clawfleet('stop', 'alpha', '-n', 'patched');
    assert.match(stdout, /spec\.powerState is now Stopped/);
    await patiently('the droplet is off', () => fleet.droplets()[0]?.status === 'off');
    await fleet.kubectl(['patch', 'bot', 'alpha', '-n', 'patched', ...unprotected]);
    await gone('patched');
    assert.equal(fleet.droplets().length, 0);
  });

  it('goes when it is confirmed by name', async () => {
    await readyIn('confirmed', { deletionPolicy: 'Orphan' });
    await fleet.kubectl(['delete', 'bot', 'alpha', '-n', 'confirmed', '--wait=false']);
    await kept('confirmed');
    const { stdout, stderr } = await fleet.clawfleet('confirm', 'delete', 'alpha', '-n', 'confirmed');
    assert.match(stdout, /Confirmed: delete 1 bot \(confirmed\/alpha\)/, stderr);
    await gone('confirmed');
    assert.equal(fleet.droplets().length, 1, 'its policy is Orphan');
    for (const { id } of fleet.droplets()) fleet.simulator.destroy(id);
  });

  it('outlives the deletion of its namespace, which waits for it', async () => {
    await readyIn('ending');
    await fleet.kubectl(['delete', 'namespace', 'ending', '--wait=false']);
    await kept('ending');
    await patiently('the namespace says what it waits for', async () =>
      (await fleet.kubectl(['get', 'namespace', 'ending', '-o', 'json'])).includes('clawfleet.dev/droplet'),
    );
    assert.equal(fleet.droplets().length, 1);
    await fleet.kubectl(['patch', 'bot', 'alpha', '-n', 'ending', ...unprotected]);
    await fleet.kubectl(['wait', '--for=delete', 'namespace/ending', '--timeout=30s']);
    assert.equal(fleet.droplets().length, 0);
  });
});
