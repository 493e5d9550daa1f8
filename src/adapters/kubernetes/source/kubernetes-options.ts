import type { ClusterParts } from './cache/feed.ts';

export interface KubernetesReaderOptions extends ClusterParts {
  /** The controller's, where the fleet's record is kept. */
  readonly namespace: string;
  /** The namespaces whose Bots and Accounts count; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
}

export interface KubernetesOptions extends KubernetesReaderOptions {
  /** Id for a new fleet, and that a present one must have; undefined: a random one for a new fleet, any for a present one. */
  readonly fleetID: string | undefined;
  /** Who records events, such as the pod's name. */
  readonly instance: string;
}
