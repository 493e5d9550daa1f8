import { type Fault, PortError } from '../../../ports/port-error.ts';
import type { KubeStatus } from './kube-status.ts';

/** What is known of a failed call besides its class. */
export interface KubeFailure {
  /** 0 when no answer came. */
  readonly httpStatus: number;
  readonly status?: KubeStatus;
  /** What `Retry-After` asked for, ms. */
  readonly retryAfterMs?: number;
  /** Its connection was dead, and others are not: it may be asked again at once. */
  readonly stranded?: boolean;
}

/**
 * A failed call of the API server.
 *
 * | fault | when |
 * |---|---|
 * | conflict | 409: the resource version is old, or the name is taken (`status.reason` tells) |
 * | absent | 404 that names the object |
 * | refused | 400, 403, 410, 413, 415, 422, and a 404 that names none: the kind is not served |
 * | unauthorised | 401, after fresh credentials were tried |
 * | rateLimited | 429 |
 * | full | the store has no room |
 * | doubtful | a write without a clear answer; a write with a resource version is settled by reading again |
 * | unavailable | a read without a clear answer, or a write that was not sent |
 */
export class KubeError extends PortError {
  readonly failure: KubeFailure;

  constructor(fault: Fault, message: string, failure: KubeFailure, options?: ErrorOptions) {
    super(fault, message, options);
    this.name = 'KubeError';
    this.failure = failure;
  }
}

/** What is known of `error` when a call of the API server failed with it. */
export function failureOf(error: unknown): KubeFailure | undefined {
  return error instanceof KubeError ? error.failure : undefined;
}
