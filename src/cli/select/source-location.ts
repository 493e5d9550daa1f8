import type { MongoDBConfig, SourceConfig } from '../../config/run-config.ts';
import { withoutCredentials } from '../../kit/without-credentials.ts';

/** Where bots are declared and where the fleet's state is, in words for people. */
export function sourceLocation(config: SourceConfig): { readonly source: string; readonly state: string } {
  if (config.kind === 'directory') return { source: config.directory, state: config.stateFile };
  if (config.kind === 'mongodb') return mongoPlace(config);
  const { context, kubeconfig, controllerNamespace } = config;
  const cluster = context === undefined ? 'the current context' : `context ${context}`;
  const file = kubeconfig === undefined ? '' : ` of ${kubeconfig}`;
  const namespace =
    controllerNamespace === undefined ? '' : `, ConfigMap ${controllerNamespace}/clawfleet-fleet`;
  return { source: `kubernetes, ${cluster}${file}`, state: `in the cluster${namespace}` };
}

function mongoPlace({ uri, database, collections }: MongoDBConfig) {
  const server = withoutCredentials(uri).replace(/^([^/]*\/\/)(\*\*\*@)?([^/]*).*$/, '$1$3');
  const within = (collection: string) => `${server}/${database}, collection ${collection}`;
  return { source: within(collections.bots), state: within(collections.ledger) };
}
