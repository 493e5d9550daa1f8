import type { FleetOnCluster } from '../../adapters/kubernetes/support/fleet-on-cluster.ts';
import { patiently } from '../../adapters/kubernetes/support/patiently.ts';
import type { LossyProxy } from '../support/lossy-proxy.ts';

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'cloud', namespace: 'default' },
  stringData: { token: 'test' },
};
const account = {
  apiVersion: 'clawfleet.dev/v1alpha1',
  kind: 'Account',
  metadata: { name: 'main', namespace: 'default' },
  spec: { tier: 'basic', tokenSecretRef: { name: 'cloud', key: 'token' } },
};
const bot = {
  apiVersion: 'clawfleet.dev/v1alpha1',
  kind: 'Bot',
  metadata: { name: 'albatross', namespace: 'default' },
  spec: { accountRef: { name: 'main' } },
};

/** All that a controller may meet in its life: answers that get lost, events that repeat. */
export async function live(fleet: FleetOnCluster, proxy: LossyProxy): Promise<void> {
  const wait = (condition: string) =>
    fleet.kubectl(['wait', `--for=${condition}`, 'bot/albatross', '--timeout=30s']);
  const power = async (powerState: string, phase: string) => {
    const patch = JSON.stringify({ spec: { powerState } });
    await fleet.kubectl(['patch', 'bot', 'albatross', '--type=merge', '-p', patch]);
    await wait(`jsonpath={.status.phase}=${phase}`);
  };
  proxy.loseNext(/^PUT .*\/bots\/albatross\/status/);
  proxy.loseNext(/^PUT .*\/accounts\/main\/status/);
  await fleet.apply(secret, account, bot);
  await wait('condition=Ready');
  for (let times = 0; times < 2; times += 1) {
    await power('Stopped', 'Paused');
    await power('Running', 'Online');
  }
  await fleet.kubectl(['delete', 'bot', 'albatross', '--timeout=30s']);
  await patiently('the answers have got lost', () => proxy.lost.length === 2);
}
