import type { KubeAPI } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import type { KubernetesOptions } from '../../../../src/adapters/kubernetes/source/kubernetes-options.ts';
import { kubernetesSource } from '../../../../src/adapters/kubernetes/source/kubernetes-source.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { faultOf } from '../../../../src/ports/port-error.ts';
import type { Source } from '../../../../src/ports/source.ts';
import type { DeclaredObject, SourceBed } from '../../../contract/source-bed.ts';
import { applyObject, clearCluster, pathOf } from '../support/cluster-objects.ts';
import { whileAnythingGoes } from '../support/definitions.ts';

/** A cluster with the definitions installed and the namespace clawfleet-system, and one source on it at a time. */
export class KubernetesBed implements SourceBed {
  readonly implicitDeletion = false;
  readonly badSpecsCount = true;
  readonly #client: KubeAPI;

  constructor(client: KubeAPI) {
    this.#client = client;
  }

  open(options: Partial<KubernetesOptions> = {}): Source {
    return kubernetesSource({
      client: this.#client,
      clock: systemClock,
      chance: seededChance(1),
      log: silentLog,
      namespace: 'clawfleet-system',
      namespaces: undefined,
      fleetID: undefined,
      instance: 'test',
      ...options,
    });
  }

  async declare(object: DeclaredObject): Promise<void> {
    try {
      await applyObject(this.#client, object);
    } catch (error) {
      if (!faultOf(error, 'refused')) throw error;
      await whileAnythingGoes(this.#client, () => applyObject(this.#client, object));
    }
  }

  async remove(object: DeclaredObject): Promise<void> {
    await this.#client.request('DELETE', pathOf(object));
  }

  close(): Promise<void> {
    return clearCluster(this.#client);
  }
}
