const apiVersion = 'clawfleet.dev/v1alpha1';

/** An account with room for a hundred bots. */
export function accountIn(namespace: string, spec: object = {}): object {
  return {
    apiVersion,
    kind: 'Account',
    metadata: { namespace, name: 'team' },
    spec: { maxBots: 100, ...spec },
  };
}

export function botIn(namespace: string, name: string, spec: object = {}): object {
  return {
    apiVersion,
    kind: 'Bot',
    metadata: { namespace, name },
    spec: { accountRef: { name: 'team' }, ...spec },
  };
}
