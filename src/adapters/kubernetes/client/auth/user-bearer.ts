import type { Clock } from '../../../../ports/clock.ts';
import { PortError } from '../../../../ports/port-error.ts';
import { type BearerSource, execBearer } from './bearer.ts';
import { type ExecConfig, runExecPlugin } from './exec-plugin.ts';
import { FileText } from './file-text.ts';
import type { KubeAccess } from './kube-access.ts';

/** How a user of a kubeconfig proves who it is, but for certificates that stand in it. */
export function userBearer(
  { cluster, user }: KubeAccess,
  clock: Clock,
  onFailure: (error: unknown) => void,
): BearerSource {
  const { tokenFile, token, exec, authProvider } = user;
  if (tokenFile !== undefined) {
    const file = new FileText(tokenFile, onFailure);
    return async () => ({ token: (await file.read()).trim() });
  }
  if (token) return async () => ({ token });
  if (exec) {
    const { server, caData, tlsServerName, skipTLSVerify } = cluster;
    const told = { server, caData, tlsServerName, insecure: skipTLSVerify };
    return execBearer(clock, () => runExecPlugin(exec as ExecConfig, told));
  }
  if (authProvider) return providerBearer(user);
  return async () => ({});
}

/** The one provider that kubectl still has; it refreshes its own tokens. */
function providerBearer(user: KubeAccess['user']): BearerSource {
  const { name } = user.authProvider as { readonly name: string };
  if (name !== 'oidc') {
    const message = `user ${user.name}: the auth provider ${name} is not supported; use its exec plugin`;
    throw new PortError({ kind: 'refused', reason: 'KubeconfigInvalid', httpStatus: 0 }, message);
  }
  const provider = import('@kubernetes/client-node/dist/oidc_auth.js').then(
    ({ OpenIDConnectAuth }) => new OpenIDConnectAuth(),
  );
  return async () => {
    const options: { headers: Record<string, string> } = { headers: {} };
    await (await provider).applyAuthentication(user, options);
    const { Authorization: header = '' } = options.headers;
    return { token: header.replace(/^Bearer /, '') };
  };
}
