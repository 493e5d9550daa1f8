import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { KubeAPI } from '../client/kube-api.ts';
import { failureOf } from '../client/kube-error.ts';
import { type ResourceType, resourcePath } from '../client/resource-path.ts';
import { accountType, botType } from './objects.ts';

/**
 * Throws when the API server does not serve Bots or Accounts (`refused`, reason DefinitionsMissing), or does not let us
 * list them (the API server's own refusal, which names verb, resource and user). `namespaces` undefined: everywhere.
 */
export async function requireDefinitions(
  client: KubeAPI,
  namespaces: readonly (string | undefined)[] = [undefined],
): Promise<void> {
  for (const namespace of namespaces) {
    for (const type of [botType, accountType]) await requireKind(client, type, namespace);
  }
}

async function requireKind(client: KubeAPI, type: ResourceType, namespace: string | undefined) {
  try {
    await client.request('GET', resourcePath(type, { namespace }), { query: { limit: 1 } });
  } catch (error) {
    if (failureOf(error)?.httpStatus !== 404 || !faultOf(error, 'refused')) throw error;
    throw new PortError(
      { kind: 'refused', reason: 'DefinitionsMissing', httpStatus: 404 },
      `${client.host} does not know ${type.plural}.${type.group}: its CustomResourceDefinition is not installed`,
      { cause: error },
    );
  }
}
