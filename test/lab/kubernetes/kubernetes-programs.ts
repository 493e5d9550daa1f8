import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestServers } from '../../../scripts/test-servers/test-servers.ts';
import { freePort } from '../free-port.ts';
import { Restartable } from '../restartable.ts';
import { adminToken } from './kubeconfig.ts';

export interface KubernetesOptions {
  readonly servers: TestServers;
  /** An empty directory for data, certificates and logs. */
  readonly directory: string;
  /** Run the kube-controller-manager too, which deletes namespaces and collects garbage. */
  readonly controllers?: boolean;
  /** Sync etcd's data to disk: for whoever kills etcd. */
  readonly durable?: boolean;
  /** Further flags of the kube-apiserver. */
  readonly apiserverFlags?: readonly string[];
}

/** What makes up a Kubernetes API, none of it started, and where it will be found. */
export interface KubernetesPrograms {
  readonly url: string;
  readonly etcdURL: string;
  readonly caFile: string;
  readonly etcd: Restartable;
  readonly apiserver: Restartable;
  readonly controllers: Restartable;
}

export async function kubernetesPrograms(options: KubernetesOptions): Promise<KubernetesPrograms> {
  const { directory, servers } = options;
  const within = (name: string) => join(directory, name);
  const program = (command: string, name: string, args: readonly string[]) =>
    new Restartable({ command, args, logFile: within(`${name}.log`) });
  const [client, peer, secure, other] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  writeKeys(directory);
  return {
    url: `https://127.0.0.1:${secure}`,
    etcdURL: `http://127.0.0.1:${client}`,
    caFile: within('certs/apiserver.crt'),
    etcd: program(servers.etcd, 'etcd', etcdArgs(options, client, peer)),
    apiserver: program(servers.kubeApiserver, 'kube-apiserver', apiserverArgs(options, client, secure)),
    controllers: program(controllerManagerOf(options), 'controllers', controllerArgs(within, other)),
  };
}

function writeKeys(directory: string): void {
  mkdirSync(join(directory, 'certs'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(directory, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(directory, 'tokens.csv'), `${adminToken},admin,admin,system:masters\n`);
}

function etcdArgs(
  { directory, durable }: KubernetesOptions,
  client: number,
  peer: number,
): readonly string[] {
  const [clientURL, peerURL] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${clientURL}`,
    `--advertise-client-urls=${clientURL}`,
    `--listen-peer-urls=${peerURL}`,
    `--initial-advertise-peer-urls=${peerURL}`,
    `--initial-cluster=default=${peerURL}`,
    '--log-level=error',
    ...(durable ? [] : ['--unsafe-no-fsync']),
  ];
}

function apiserverArgs(options: KubernetesOptions, etcd: number, secure: number): readonly string[] {
  const { directory, apiserverFlags = [] } = options;
  const key = join(directory, 'sa.key');
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${secure}`,
    `--cert-dir=${join(directory, 'certs')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${join(directory, 'tokens.csv')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    // It would wait for the controller that makes each namespace's service account.
    '--disable-admission-plugins=ServiceAccount',
    ...apiserverFlags,
  ];
}

function controllerArgs(within: (name: string) => string, port: number): readonly string[] {
  return [
    `--kubeconfig=${within('kubeconfig')}`,
    '--controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller',
    `--service-account-private-key-file=${within('sa.key')}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
  ];
}

function controllerManagerOf({ servers, controllers = false }: KubernetesOptions): string {
  const { kubeControllerManager } = servers;
  if (controllers && kubeControllerManager === undefined)
    throw new Error('there is no kube-controller-manager');
  return kubeControllerManager ?? '';
}
