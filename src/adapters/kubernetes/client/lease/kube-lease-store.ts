import type { LeaseCall, LeaseClaim, LeaseStore, StoredLease } from '../../../../ports/lease-store.ts';
import { faultOf } from '../../../../ports/port-error.ts';
import { clawfleetManager } from '../apply.ts';
import type { KubeAPI } from '../kube-api.ts';
import { statusError } from '../kube-error.ts';
import { compareVersions, type KubeObject, microTime } from '../kube-object.ts';
import { type ResourceType, resourcePath } from '../resource-path.ts';

export interface KubeLeaseStoreOptions {
  readonly client: KubeAPI;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
}

export interface KubeLease extends StoredLease {
  readonly object: LeaseObject;
}

/** One Lease at the API server; its epoch is `leaseTransitions`. */
export class KubeLeaseStore implements LeaseStore<KubeLease> {
  readonly #options: KubeLeaseStoreOptions;
  /** As it was last, before it was deleted too: the epoch goes on from there. */
  #lastSpec: LeaseSpec | undefined;
  #version = '';

  constructor(options: KubeLeaseStoreOptions) {
    this.#options = options;
  }

  async read(call: LeaseCall): Promise<KubeLease | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return this.#seen(await client.request('GET', resourcePath(leaseType, { namespace, name }), call));
    } catch (error) {
      if (faultOf(error, 'absent')) return undefined;
      throw error;
    }
  }

  acquire(before: KubeLease | undefined, claim: LeaseClaim, call: LeaseCall): Promise<KubeLease> {
    const { identity, now, leaseMs } = claim;
    return this.#write(before?.object, heldSpec(this.#lastSpec, identity, now, leaseMs), call);
  }

  free({ object }: KubeLease, now: number, call: LeaseCall): Promise<KubeLease> {
    return this.#write(object, releasedSpec(object.spec ?? {}, now), call);
  }

  async watch(signal: AbortSignal, seen: (lease: KubeLease) => void): Promise<void> {
    const { client, namespace, name } = this.#options;
    const query = { fieldSelector: `metadata.name=${name}` };
    for await (const event of client.watch(resourcePath(leaseType, { namespace }), query, signal)) {
      if (event.type === 'ERROR') throw statusError(event.object);
      // That it is gone is left to whoever reads it: its holder makes it anew.
      const isWritten = event.type === 'ADDED' || event.type === 'MODIFIED';
      if (isWritten && this.#isNews(event.object)) seen(this.#seen(event.object));
    }
  }

  #isNews({ metadata: { resourceVersion } }: LeaseObject): boolean {
    return compareVersions(resourceVersion, this.#version) > 0;
  }

  async #write(before: LeaseObject | undefined, spec: LeaseSpec, call: LeaseCall): Promise<KubeLease> {
    const { client, namespace, name } = this.#options;
    const metadata = before?.metadata ?? { name, namespace };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const options = { ...call, body, query: { fieldManager: clawfleetManager } };
    return this.#seen(
      before
        ? await client.request('PUT', resourcePath(leaseType, { namespace, name }), options)
        : await client.request('POST', resourcePath(leaseType, { namespace }), options),
    );
  }

  #seen(object: LeaseObject): KubeLease {
    const { metadata, spec = {} } = object;
    this.#lastSpec = spec;
    this.#version = metadata.resourceVersion;
    const { leaseDurationSeconds: seconds, leaseTransitions = 0 } = spec;
    return {
      object,
      holder: holderOf(spec),
      leaseMs: seconds === undefined ? undefined : seconds * 1_000,
      epoch: leaseTransitions,
      stamp: JSON.stringify([metadata.uid, spec]),
    };
  }
}

export const leaseType: ResourceType = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

export interface LeaseSpec {
  /** Absent or empty: nobody holds it. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** MicroTime. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often it was taken by somebody else than the holder before. */
  readonly leaseTransitions?: number;
}

export interface LeaseObject extends KubeObject {
  readonly spec?: LeaseSpec;
}

function holderOf({ holderIdentity = '' }: LeaseSpec): string {
  return holderIdentity;
}

/** The lease as `identity` holds it from now on, taken over or renewed. `now`: epoch ms. */
function heldSpec(before: LeaseSpec | undefined, identity: string, now: number, leaseMs: number): LeaseSpec {
  const stamp = microTime(now);
  const isOurs = before !== undefined && holderOf(before) === identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseMs / 1_000),
    acquireTime: (isOurs && before.acquireTime) || stamp,
    renewTime: stamp,
    leaseTransitions: before === undefined || isOurs ? transitions : transitions + 1,
  };
}

/** The lease that nobody holds: whoever sees it may take it within a second. */
function releasedSpec(before: LeaseSpec, now: number): LeaseSpec {
  const stamp = microTime(now);
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: stamp, renewTime: stamp };
}
