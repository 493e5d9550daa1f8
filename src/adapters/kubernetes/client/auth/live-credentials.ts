import type { Clock } from '../../../../ports/clock.ts';
import { PortError } from '../../../../ports/port-error.ts';
import {
  type Credential,
  type Credentials,
  FileText,
  type KubeAccess,
  type TLSIdentity,
} from './credentials.ts';
import { type ExecConfig, type ExecCredential, runExecPlugin } from './exec-plugin.ts';

/** Files are read again, and lives of tokens looked at, when the last look is older than this. */
const goodForMs = 10_000;
/** A server that refuses everybody does not make a plugin run for every call. */
const renewAfterMs = 2_000;

type Read = () => Promise<string | undefined>;

/** Credentials that follow rotated files and expiring tokens. What is read at once by several is read once. */
export class LiveCredentials implements Credentials {
  readonly #access: KubeAccess;
  readonly #clock: Clock;
  readonly #bearer: BearerSource;
  readonly #ca: Read;
  readonly #cert: Read;
  readonly #key: Read;
  #last: Credential | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<Credential> | undefined;

  constructor(access: KubeAccess, clock: Clock, onFailure: (error: unknown) => void) {
    const { cluster, user } = access;
    this.#access = access;
    this.#clock = clock;
    this.#bearer = userBearer(access, clock, onFailure);
    this.#ca = fileOrData(cluster.caFile, cluster.caData, onFailure);
    this.#cert = fileOrData(user.certFile, user.certData, onFailure);
    this.#key = fileOrData(user.keyFile, user.keyData, onFailure);
  }

  async current(): Promise<Credential> {
    const isFresh = this.#clock.monotonic() - this.#lookedAt < goodForMs;
    return isFresh && this.#last ? this.#last : this.#look(false);
  }

  async renewed(refused: Credential): Promise<Credential> {
    if (this.#last && this.#last !== refused) return this.#last;
    if (this.#clock.monotonic() - this.#renewedAt < renewAfterMs) return refused;
    return this.#look(true);
  }

  #look(force: boolean): Promise<Credential> {
    this.#looking ??= this.#read(force).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(force: boolean): Promise<Credential> {
    const bearer = this.#bearer(force);
    const [ca, cert, key, given] = await Promise.all([this.#ca(), this.#cert(), this.#key(), bearer]);
    if (force) this.#renewedAt = this.#clock.monotonic();
    const { cluster } = this.#access;
    const tls: TLSIdentity = {
      ca,
      cert: given.cert ?? cert,
      key: given.key ?? key,
      serverName: cluster.tlsServerName,
      insecure: cluster.skipTLSVerify,
    };
    this.#last = merged(this.#last, { headers: this.#headers(given), tls });
    this.#lookedAt = this.#clock.monotonic();
    return this.#last;
  }

  #headers({ token }: Bearer): Record<string, string> {
    const { username, password, impersonateUser } = this.#access.user;
    const basic = username && `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
    const authorization = token ? `Bearer ${token}` : basic;
    return {
      ...(authorization && { authorization }),
      ...(impersonateUser && { 'impersonate-user': impersonateUser }),
    };
  }
}

function fileOrData(
  file: string | undefined,
  data: string | undefined,
  onFailure: (error: unknown) => void,
): Read {
  if (file) {
    const text = new FileText(file, onFailure);
    return () => text.read();
  }
  const text = data ? Buffer.from(data, 'base64').toString('utf8') : undefined;
  return async () => text;
}

/** What has not changed stays the same object. */
function merged(last: Credential | undefined, next: Credential): Credential {
  if (!last) return next;
  const tls = same(last.tls, next.tls) ? last.tls : next.tls;
  return tls === last.tls && same(last.headers, next.headers) ? last : { headers: next.headers, tls };
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How a user of a kubeconfig proves who it is, but for certificates that stand in it. */
function userBearer(
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

/** A token, or a certificate, and until when it is good. */
interface Bearer {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Epoch ms; undefined: nobody knows. */
  readonly expiresAt?: number;
}

/** Where bearers come from. `force`: the last one was refused, whatever it says of its own life. */
type BearerSource = (force: boolean) => Promise<Bearer>;

/** So long before its end a bearer counts as expired: requests take time. */
const marginMs = 5_000;

/** The bearer that a plugin gives, until it expires or is refused. */
function execBearer(clock: Clock, run: () => Promise<ExecCredential>): BearerSource {
  let last: Bearer | undefined;
  return async (force) => {
    const isGood = last && (last.expiresAt === undefined || last.expiresAt - marginMs > clock.now());
    if (force || !isGood) last = bearerOf(await run());
    return last ?? {};
  };
}

function bearerOf(credential: ExecCredential): Bearer {
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = credential;
  const expiresAt = Date.parse(expirationTimestamp ?? '');
  return {
    ...(token !== undefined && { token }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(Number.isFinite(expiresAt) && { expiresAt }),
  };
}
