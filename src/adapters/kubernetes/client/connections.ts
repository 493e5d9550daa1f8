import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { TlsIdentity } from './credentials.ts';

/** One for each worker by default: with fewer, a controller that has much to store falls behind those who declare. */
const mostForCalls = 64;
const connectTimeoutMs = 5_000;
/** The server closes idle connections after 90 s, load balancers after 60 s: ours end before. */
const keepAliveMs = 30_000;
/** After such a silence the system asks whether the other side is still there. */
const tcpKeepAliveMs = 15_000;

interface Agents {
  readonly tls: TlsIdentity;
  readonly calls: Dispatcher;
  readonly watches: Dispatcher;
}

export type Purpose = 'call' | 'watch';

/**
 * Keep-alive HTTP/1.1 connections under one TLS identity at a time: a bounded number for calls, and one for each watch
 * beside them. When the identity changes new ones are made; what is under way on the old ones ends there.
 */
export class Connections {
  readonly #proxyURL: string | undefined;
  readonly #retired = new Set<Dispatcher>();
  #agents: Agents | undefined;
  #closed = false;

  constructor(proxyURL: string | undefined) {
    this.#proxyURL = proxyURL;
  }

  of(tls: TlsIdentity, purpose: Purpose): Dispatcher {
    if (this.#closed) throw new Error('the client is closed');
    if (this.#agents?.tls !== tls) {
      this.#retire();
      this.#agents = this.#made(tls);
    }
    return purpose === 'watch' ? this.#agents.watches : this.#agents.calls;
  }

  /** Breaks off whatever is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retire();
    await Promise.all([...this.#retired].map((agent) => agent.destroy()));
  }

  #retire(): void {
    if (!this.#agents) return;
    for (const agent of [this.#agents.calls, this.#agents.watches]) {
      this.#retired.add(agent);
      void agent.close().finally(() => this.#retired.delete(agent));
    }
    this.#agents = undefined;
  }

  #made(tls: TlsIdentity): Agents {
    const connect = connectOptions(tls);
    const agent = (connections: number | null) => {
      const common = { connections, pipelining: 1, keepAliveTimeout: keepAliveMs, allowH2: false };
      if (this.#proxyURL === undefined) return new Agent({ ...common, connect });
      return new ProxyAgent({ ...common, uri: this.#proxyURL, requestTls: connect });
    };
    return { tls, calls: agent(mostForCalls), watches: agent(null) };
  }
}

function connectOptions({ ca, cert, key, serverName, insecure }: TlsIdentity) {
  return {
    // One context for all connections: to parse the certificates for each of them takes milliseconds.
    secureContext: createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !insecure,
    timeout: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
  };
}
