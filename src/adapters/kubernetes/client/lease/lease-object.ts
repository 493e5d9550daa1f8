import type { KubeObject } from '../kube-object.ts';
import { microTime } from '../micro-time.ts';
import type { ResourceType } from '../resource-path.ts';

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

export function holderOf({ holderIdentity = '' }: LeaseSpec): string {
  return holderIdentity;
}

/** The lease as `identity` holds it from now on, taken over or renewed. `now`: epoch ms. */
export function heldSpec(
  before: LeaseSpec | undefined,
  identity: string,
  now: number,
  leaseMs: number,
): LeaseSpec {
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
export function releasedSpec(before: LeaseSpec, now: number): LeaseSpec {
  const stamp = microTime(now);
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: stamp, renewTime: stamp };
}
