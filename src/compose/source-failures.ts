import { KubeError } from '../adapters/kubernetes/client/kube-error.ts';
import { MongoFailure } from '../adapters/mongodb/client/mongo-failure.ts';
import type { PortError } from '../ports/port-error.ts';

/** Whether a call to a cluster's API server failed. */
export function isClusterFailure(error: unknown): error is PortError {
  return error instanceof KubeError;
}

/** Whether a call to a MongoDB server failed. */
export function isDatabaseFailure(error: unknown): error is PortError {
  return error instanceof MongoFailure;
}
