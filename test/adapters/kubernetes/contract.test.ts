import { after, before, describe } from 'node:test';
import { sourceContract } from '../../contract/source-contract.ts';
import { KubernetesBed } from './source/kubernetes-bed.ts';
import { type ApiServer, startApiServer, withoutServers } from './support/api-server.ts';
import { ensureNamespace } from './support/cluster-objects.ts';
import { installDefinitions } from './support/definitions.ts';

describe('a real API server', withoutServers, () => {
  let server: ApiServer;

  before(async () => {
    server = await startApiServer();
    await installDefinitions(server.client);
    await ensureNamespace(server.client, 'clawfleet-system');
  });
  after(() => server[Symbol.asyncDispose]());

  sourceContract('a cluster', async () => new KubernetesBed(server.client));
});
