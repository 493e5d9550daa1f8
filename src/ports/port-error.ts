/**
 * Everything that can go wrong at a port, classified once at the adapter's border.
 *
 * | kind | what is known |
 * |---|---|
 * | refused | the other side understood and said no; nothing happened |
 * | rateLimited | said no for now; nothing happened; worth a retry at `until` |
 * | absent | no such thing (404) |
 * | pendingEvent | another operation on the same droplet is open; nothing happened |
 * | limitReached | refused because the account has reached its limit (of droplets); nothing happened | |
 * unauthorised | the token is unknown; or it may not do this: then `forbidden` quotes the other side, and
 * `missingScope` names the scope if the quote does; nothing happened |
 * | doubtful | a mutation may or may not have happened |
 * | unavailable | a read gave no answer, or a mutation certainly was not sent |
 * | conflict | compare-and-swap lost: the record has moved on |
 * | full | the store takes no more writes (disk full, quota) |
 */
export type Fault =
  | { readonly kind: 'refused'; readonly reason: string; readonly httpStatus: number }
  | { readonly kind: 'rateLimited'; readonly until: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'pendingEvent' }
  | { readonly kind: 'limitReached'; readonly reason: string }
  | { readonly kind: 'unauthorised'; readonly forbidden?: string; readonly missingScope?: string }
  | { readonly kind: 'doubtful' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'full' };

export type FaultKind = Fault['kind'];

/** The one error type that adapters throw. `message` is for people and never holds a secret. */
export class PortError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PortError';
    this.fault = fault;
  }
}

/** The fault of `error` if it is a PortError of one of `kinds` (of any kind if none is named). */
export function faultOf(error: unknown, ...kinds: FaultKind[]): Fault | undefined {
  if (!(error instanceof PortError)) return undefined;
  return kinds.length === 0 || kinds.includes(error.fault.kind) ? error.fault : undefined;
}
