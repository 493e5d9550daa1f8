import { createRequire } from 'node:module';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { Exchange } from './exchange.ts';
import type { Transport } from './transport.ts';

/**
 * The whole of undici, with its fetch, WebSocket and mocks, takes 7 MB more,
 * so it is loaded only for a proxy.
 */
const loadUndici = () => createRequire(import.meta.url)('undici') as typeof import('undici');

/**
 * TCP and TLS to the API's edge take well under a second; if they take longer
 * than this the network is broken.
 */
const defaultConnectTimeoutMs = 5000;
/** The longest silence between two pieces of one answer. */
const bodySilenceMs = 10_000;
/**
 * Idle connections are dropped early: if the server closes one just as a POST is
 * sent on it, the outcome is in doubt.
 */
const keepAliveMs = 4000;

export interface ProxyRoute {
  /** With user and password if the proxy wants them; never show it. */
  readonly url: string;
  /** Hosts to reach without the proxy, as in NO_PROXY. */
  readonly except: string;
}

export interface UndiciTransportOptions {
  /** Scheme, host and port, with a path prefix if the API has one: `https://api.digitalocean.com`. */
  readonly apiURL: string;
  /** The most connections open at once; infinity for no limit. */
  readonly connections: number;
  readonly connectTimeoutMs?: number;
  /** Default: none. */
  readonly proxy?: ProxyRoute | undefined;
}

export interface ClosableTransport {
  readonly send: Transport;
  /** Aborts every exchange under way and closes all connections. */
  close(): Promise<void>;
}

/** Keep-alive HTTP/1.1 connections, without pipelining: one request at a time on each. */
export function undiciTransport(options: UndiciTransportOptions): ClosableTransport {
  const { origin, pathname } = new URL(options.apiURL);
  const prefix = pathname.replace(/\/+$/, '');
  const dispatcher = dispatcherTo(origin, options);
  const send: Transport = ({ method, path, headers, body, signal, deadlineMs }) => {
    const exchange = new Exchange(signal);
    const bodyTimeout = Math.min(deadlineMs, bodySilenceMs);
    dispatcher.dispatch(
      {
        origin,
        method,
        path: prefix + path,
        headers,
        body: body ?? null,
        idempotent: method === 'GET',
        headersTimeout: deadlineMs,
        bodyTimeout,
      },
      exchange,
    );
    return exchange.response;
  };
  return { send, close: () => dispatcher.destroy() };
}

function dispatcherTo(origin: string, options: UndiciTransportOptions): Dispatcher {
  const { connections, proxy, connectTimeoutMs: timeout = defaultConnectTimeoutMs } = options;
  const common = {
    connections: Number.isFinite(connections) ? connections : null,
    connect: { timeout },
    keepAliveTimeout: keepAliveMs,
    // The client library may send a refused HTTP/2 stream again; an HTTP/1.1 request is sent once.
    allowH2: false,
    pipelining: 1,
  };
  if (!proxy) return new Pool(origin, common);
  const { EnvHttpProxyAgent } = loadUndici();
  return new EnvHttpProxyAgent({
    ...common,
    httpProxy: '',
    httpsProxy: proxy.url,
    noProxy: proxy.except,
    connectTimeout: timeout,
    // A proxy that never answers a CONNECT must not occupy a connection for long.
    clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: timeout, allowH2: false }),
  });
}
