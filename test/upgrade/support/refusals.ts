import type { KubeAPI } from '../../../src/adapters/kubernetes/client/kube-api.ts';
import { resourcePath } from '../../../src/adapters/kubernetes/client/resource-path.ts';
import {
  type AccountObject,
  accountType,
  type BotObject,
  botType,
} from '../../../src/adapters/kubernetes/source/objects.ts';

const namespace = 'default';
const dryRun = { dryRun: 'All' };

/**
 * What the definitions in force refuse of the stored objects. Each is offered as something new, for an API server does
 * not judge again what an update leaves as it was. To be asked while no controller runs.
 */
export async function refusals(client: KubeAPI): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const type of [botType, accountType]) {
    const collection = resourcePath(type, { namespace });
    const { items } = await client.request<{ items: (BotObject | AccountObject)[] }>('GET', collection);
    const blank = { ...bare(items[0] ?? {}), metadata: { namespace, name: 'blank' } };
    const made = await client.request<BotObject>('POST', collection, { body: blank });
    const path = resourcePath(type, { namespace, name: 'blank' });
    for (const item of items) {
      const fresh = { ...bare(item), metadata: { namespace, name: `${item.metadata.name}-again` } };
      const reported = { ...made, status: item.status ?? {} };
      const offered = [
        () => client.request('POST', collection, { body: fresh, query: dryRun }),
        () => client.request('PUT', `${path}/status`, { body: reported, query: dryRun }),
      ];
      for (const offer of offered)
        await offer().catch((error: unknown) => refused.push(`${item.metadata.name}: ${error}`));
    }
    await client.request('DELETE', path);
  }
  return refused;
}

function bare({ status: _, metadata: __, ...object }: Partial<BotObject | AccountObject>): object {
  return object;
}
