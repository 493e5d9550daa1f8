import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { withoutServers } from '../adapters/kubernetes/support/api-server.ts';
import { FleetOnCluster } from '../adapters/kubernetes/support/fleet-on-cluster.ts';
import { patiently } from '../adapters/kubernetes/support/patiently.ts';
import { newDirectory } from '../cli/clawfleet.ts';
import { live } from './controller/live.ts';
import { needsItsRights } from './controller/needs-its-rights.ts';
import { tellsByConditions } from './controller/tells-by-conditions.ts';
import { Audit, type AuditedRequest } from './support/audit.ts';
import { LossyProxy } from './support/lossy-proxy.ts';

const directory = newDirectory();
const audit = new Audit(directory, 'system:serviceaccount:clawfleet-system:clawfleet');

describe('the controller under its own service account', withoutServers, () => {
  let opened: FleetOnCluster | undefined;
  let proxy: LossyProxy | undefined;
  const fleet = (): FleetOnCluster => {
    if (!opened) throw new Error('The fleet is not open.');
    return opened;
  };

  before(async () => {
    // Without watch lists, as in older servers, a watch begins with a list.
    const apiserverFlags = [...audit.flags, '--feature-gates=WatchList=false'];
    opened = await FleetOnCluster.open({ checkSSHKeys: true }, { apiserverFlags });
    const { url, caFile } = opened.server;
    proxy = await LossyProxy.open(url, caFile);
    opened.run('--kubeconfig', kubeconfigThrough(proxy, opened));
    await live(opened, proxy);
    await standBy(opened);
  });
  after(async () => {
    proxy?.close();
    await opened?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  tellsByConditions(fleet);
  // Last: it ends the controller.
  needsItsRights(fleet, audit);
});

/** Another controller, which follows the lease. */
async function standBy(fleet: FleetOnCluster): Promise<void> {
  fleet.run();
  const follows = ({ verb, resource }: AuditedRequest) =>
    verb === 'watch' && resource === 'coordination.k8s.io/leases';
  await patiently('the other controller follows the lease', () => audit.requests().some(follows));
}

function kubeconfigThrough(proxy: LossyProxy, { directory: own, server }: FleetOnCluster): string {
  const config = readFileSync(join(own, 'controller.kubeconfig'), 'utf8');
  const file = join(own, 'proxy.kubeconfig');
  writeFileSync(file, config.replace(server.url, proxy.url));
  return file;
}
