import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { TLSIdentity } from '../auth/credentials.ts';

/** One for each worker by default: with fewer, a controller that has much to store falls behind those who declare. */
const mostForCalls = 64;
const connectTimeoutMs = 5_000;
/** The server closes idle connections after 90 s, load balancers after 60 s: ours end before. */
const keepAliveMs = 30_000;
/** After such a silence the system asks whether the other side is still there. */
const tcpKeepAliveMs = 15_000;

interface Agents {
  readonly tls: TLSIdentity;
  readonly calls: Dispatcher;
  readonly watches: Dispatcher;
  /** One that holds a single connection of its own. */
  readonly single: () => Dispatcher;
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

  of(tls: TLSIdentity, purpose: Purpose): Dispatcher {
    const { watches, calls } = this.#of(tls);
    return purpose === 'watch' ? watches : calls;
  }

  /** A new connection that nobody else uses; whoever asks for it destroys it. */
  single(tls: TLSIdentity): Dispatcher {
    return this.#of(tls).single();
  }

  /** Whatever is asked for from now on gets new connections. */
  renew(): void {
    if (this.#agents) this.#replace(this.#agents.tls);
  }

  /** Breaks off whatever is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retire();
    await Promise.all([...this.#retired].map((agent) => agent.destroy()));
  }

  #of(tls: TLSIdentity): Agents {
    if (this.#closed) throw new Error('the client is closed');
    return this.#agents?.tls === tls ? this.#agents : this.#replace(tls);
  }

  #replace(tls: TLSIdentity): Agents {
    this.#retire();
    this.#agents = this.#made(tls);
    return this.#agents;
  }

  #retire(): void {
    if (!this.#agents) return;
    for (const agent of [this.#agents.calls, this.#agents.watches]) {
      this.#retired.add(agent);
      void agent.close().finally(() => this.#retired.delete(agent));
    }
    this.#agents = undefined;
  }

  #made(tls: TLSIdentity): Agents {
    const connect = connectOptions(tls);
    const agent = (connections: number | null) => {
      const common = { connections, pipelining: 1, keepAliveTimeout: keepAliveMs, allowH2: false };
      if (this.#proxyURL === undefined) return new Agent({ ...common, connect });
      return new ProxyAgent({ ...common, uri: this.#proxyURL, requestTls: connect });
    };
    return { tls, calls: agent(mostForCalls), watches: agent(null), single: () => agent(1) };
  }
}

function connectOptions({ ca, cert, key, serverName, insecure }: TLSIdentity) {
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
