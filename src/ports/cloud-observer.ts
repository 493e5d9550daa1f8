import type { FaultKind } from './port-error.ts';

/** The class of an HTTP status, or `none` when no answer came. */
export type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx' | 'none';

/** How a cloud call ended: `ok`, or the kind of fault and the class of the status, as in `refused/4xx`. */
export type CloudCallOutcome = 'ok' | `${FaultKind}/${StatusClass}`;

/** Notified of every request sent to the cloud, retries included. */
export interface CloudObserver {
  /** `route` is a template such as `GET /v2/droplets/{id}`; `seconds` run from sending to the last byte. */
  call(route: string, outcome: CloudCallOutcome, seconds: number): void;
}
