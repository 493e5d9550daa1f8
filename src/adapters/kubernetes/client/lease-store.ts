import { faultOf } from '../../../ports/port-error.ts';
import { FIELD_MANAGER } from './apply.ts';
import type { LeaderElectorOptions } from './leader-elector-options.ts';
import { type LeaseObject, type LeaseSpec, leaseType } from './lease-object.ts';
import { resourcePath } from './resource-path.ts';

type Options = Pick<LeaderElectorOptions, 'client' | 'namespace' | 'name'>;

export interface LeaseCall {
  readonly signal?: AbortSignal;
  readonly deadlineMs: number;
}

/** One Lease at the API server, written by compare-and-swap. */
export class LeaseStore {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Undefined when there is none. */
  async read(call: LeaseCall): Promise<LeaseObject | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return await client.request<LeaseObject>('GET', resourcePath(leaseType, { namespace, name }), call);
    } catch (error) {
      if (faultOf(error, 'absent')) return undefined;
      throw error;
    }
  }

  /** `conflict` when it has changed since `before` was read, or when there is one already. */
  write(before: LeaseObject | undefined, spec: LeaseSpec, call: LeaseCall): Promise<LeaseObject> {
    const { client, namespace, name } = this.#options;
    const metadata = before?.metadata ?? { name, namespace };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const options = { ...call, body, query: { fieldManager: FIELD_MANAGER } };
    return before
      ? client.request('PUT', resourcePath(leaseType, { namespace, name }), options)
      : client.request('POST', resourcePath(leaseType, { namespace }), options);
  }
}
