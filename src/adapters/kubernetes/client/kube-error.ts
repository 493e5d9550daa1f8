import { type Fault, PortError } from '../../../ports/port-error.ts';

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

/** The failure that an ERROR event of a watch is. */
export function statusError(status: KubeStatus): KubeError {
  const { code = 500, reason = 'Unknown', message = 'the watch failed' } = status;
  const fault: Fault = code >= 500 ? { kind: 'unavailable' } : { kind: 'refused', reason, httpStatus: code };
  return new KubeError(fault, message, { httpStatus: code, status });
}

/** The API server's `Status`, the body of every refusal. */
export interface KubeStatus {
  readonly kind: 'Status';
  readonly code?: number;
  /** CamelCase, such as `Conflict`, `AlreadyExists`, `Expired`. */
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    /** Of the object that the refusal is about. */
    readonly name?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly {
      readonly reason?: string;
      readonly message?: string;
      readonly field?: string;
    }[];
  };
}

export function isKubeStatus(value: unknown): value is KubeStatus {
  return typeof value === 'object' && value !== null && (value as Partial<KubeStatus>).kind === 'Status';
}
