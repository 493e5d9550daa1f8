import type { KubeAPI } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import { failureOf } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import { accountCrd, botCrd, type CRD } from '../../../../src/model/crd/crds.ts';
import { patiently } from './patiently.ts';

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Installs the definitions of Bots and Accounts; resolves when the API server serves them. */
export async function installDefinitions(client: KubeAPI): Promise<void> {
  for (const definition of [botCrd, accountCrd])
    await client.request('POST', collection, { body: definition });
  await untilServed(client);
}

export async function untilServed(client: KubeAPI): Promise<void> {
  for (const plural of ['bots', 'accounts']) {
    await patiently(`${plural} are served`, async () => {
      try {
        await client.request('GET', `/apis/clawfleet.dev/v1alpha1/${plural}`);
        return true;
      } catch (error) {
        if (failureOf(error)?.httpStatus === 404) return false;
        throw error;
      }
    });
  }
}

/** Stores what the definition in force refuses, as an earlier definition may have let in. */
export async function whileAnythingGoes<T>(client: KubeAPI, store: () => Promise<T>): Promise<T> {
  await replaceSchema(client, botCrd, true);
  try {
    return await patiently('the definition takes anything', async () => {
      try {
        return await store();
      } catch (error) {
        if (failureOf(error)?.httpStatus === 422) return undefined;
        throw error;
      }
    });
  } finally {
    await replaceSchema(client, botCrd, false);
  }
}

async function replaceSchema(client: KubeAPI, definition: CRD, loose: boolean): Promise<void> {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const path = `${collection}/${definition.metadata.name}`;
  const present = await client.request<CRD>('GET', path);
  const [version] = definition.spec['versions'] as readonly object[];
  const versions = [loose ? { ...version, schema: { openAPIV3Schema: anything } } : version];
  await client.request('PUT', path, { body: { ...present, spec: { ...present.spec, versions } } });
}
