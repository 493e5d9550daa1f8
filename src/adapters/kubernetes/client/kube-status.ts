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
