import type { Fault } from '../../../ports/port-error.ts';
import { KubeError } from './kube-error.ts';
import type { KubeStatus } from './kube-status.ts';

/** The failure that an ERROR event of a watch is. */
export function statusError(status: KubeStatus): KubeError {
  const { code = 500, reason = 'Unknown', message = 'the watch failed' } = status;
  const fault: Fault = code >= 500 ? { kind: 'unavailable' } : { kind: 'refused', reason, httpStatus: code };
  return new KubeError(fault, message, { httpStatus: code, status });
}
