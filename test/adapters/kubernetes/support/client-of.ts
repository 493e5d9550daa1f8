import type {
  Credential,
  Credentials,
  TLSIdentity,
} from '../../../../src/adapters/kubernetes/client/auth/credentials.ts';
import type { APIObserver } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import { KubeClient } from '../../../../src/adapters/kubernetes/client/kube-client.ts';
import { Connections } from '../../../../src/adapters/kubernetes/client/transport/connections.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';

/** Credentials that a test exchanges by hand. */
export class GivenCredentials implements Credentials {
  given: Credential;
  /** What replaces them once they are refused; undefined: nothing. */
  next: Credential | undefined;
  renewals = 0;

  constructor(given: Credential) {
    this.given = given;
  }

  async current(): Promise<Credential> {
    return this.given;
  }

  async renewed(): Promise<Credential> {
    this.renewals += 1;
    this.given = this.next ?? this.given;
    return this.given;
  }
}

export function tlsOf(ca: string | undefined, rest: Partial<TLSIdentity> = {}): TLSIdentity {
  return { ca, cert: undefined, key: undefined, serverName: undefined, insecure: false, ...rest };
}

export interface ClientOptions {
  readonly credentials: Credentials;
  readonly observer?: APIObserver;
  readonly proxyURL?: string;
}

/** A client of the server at `url`. */
export function clientOf(url: string, { credentials, observer, proxyURL }: ClientOptions): KubeClient {
  const connections = new Connections(proxyURL);
  return new KubeClient({
    server: url,
    credentials,
    connections,
    clock: systemClock,
    userAgent: 'test',
    observer,
  });
}
