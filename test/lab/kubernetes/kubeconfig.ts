/** Bearer token of the user in system:masters that the lab's API servers know. */
export const adminToken = 'admin-token';

/** A kubeconfig with one context, as JSON, which is YAML too. */
export function kubeconfigOf(server: string, caFile: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'default' } }],
    'current-context': 'test',
  });
}
