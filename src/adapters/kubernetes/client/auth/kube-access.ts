import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';

/** A cluster and who we are there: a context of a kubeconfig, or a pod's service account. Files have whole paths. */
export interface KubeAccess {
  readonly cluster: Cluster;
  /** `tokenFile` is read again and again, for it is rotated. */
  readonly user: User & { readonly tokenFile?: string };
  /** Where things are that name no namespace. */
  readonly namespace: string | undefined;
}
