import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { KubeError } from '../kube-error.ts';

/** `users[].user.exec` of a kubeconfig. */
export interface ExecConfig {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
}

/** What the plugin is told of the cluster when it asks for it. */
export interface ExecCluster {
  readonly server: string;
  /** Base64 of PEM. */
  readonly caData: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly insecure: boolean;
}

export interface ExecCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  /** RFC 3339. */
  readonly expirationTimestamp?: string;
}

const deadlineMs = 60_000;
const longestComplaint = 300;
const defaultVersion = 'client.authentication.k8s.io/v1';

/** Runs a credential plugin to its end. No secret is in the error that it may throw. */
export async function runExecPlugin(config: ExecConfig, cluster: ExecCluster): Promise<ExecCredential> {
  const { code, stdout, stderr } = await run(config, environment(config, cluster));
  if (code !== 0) throw failed(config, `ended with code ${code}: ${stderr.trim().slice(-longestComplaint)}`);
  const status = statusIn(stdout);
  if (status?.token || (status?.clientCertificateData && status.clientKeyData)) return status;
  throw failed(config, 'printed no ExecCredential with a token or a certificate and its key');
}

function environment({ apiVersion, env, provideClusterInfo }: ExecConfig, cluster: ExecCluster) {
  const spec = { interactive: false, ...(provideClusterInfo && { cluster: clusterInfo(cluster) }) };
  const info = { apiVersion: apiVersion ?? defaultVersion, kind: 'ExecCredential', spec };
  const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
  return { ...process.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
}

function clusterInfo({ server, caData, tlsServerName, insecure }: ExecCluster) {
  return {
    server,
    ...(caData !== undefined && { 'certificate-authority-data': caData }),
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
    ...(insecure && { 'insecure-skip-tls-verify': true }),
  };
}

async function run(config: ExecConfig, env: NodeJS.ProcessEnv) {
  const child = spawn(config.command, config.args ?? [], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const said = [text(child.stdout), text(child.stderr)] as const;
  try {
    const [code, stdout, stderr] = await Promise.all([ended, ...said]);
    return { code, stdout, stderr };
  } catch (error) {
    throw failed(config, error instanceof Error ? error.message : String(error));
  }
}

function statusIn(stdout: string): ExecCredential | undefined {
  try {
    const { kind, status } = JSON.parse(stdout) as { kind?: string; status?: ExecCredential };
    return kind === 'ExecCredential' ? status : undefined;
  } catch {
    // What it printed may hold a secret: that it is no JSON has to be enough.
    return undefined;
  }
}

function failed({ command, installHint }: ExecConfig, why: string): KubeError {
  const hint = installHint ? ` (${installHint.trim()})` : '';
  const message = `the credential plugin ${command} ${why}${hint}`;
  return new KubeError({ kind: 'unauthorised' }, message, { httpStatus: 0 });
}
