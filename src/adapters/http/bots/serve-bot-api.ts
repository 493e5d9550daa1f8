import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { BotCallObserver } from '../../../ports/bot-call-observer.ts';
import { type Clock, sleep } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { PortError } from '../../../ports/port-error.ts';
import { addressOf, cutterOf, listenAt } from '../listen.ts';
import { botApp } from './bot-app.ts';
import type { ServedBotAPI } from './bot-calls.ts';
import { CallLimits } from './call-limits.ts';
import { defaultLimits, type ServerLimits } from './server-limits.ts';
import { type KeyPair, readKeyPair, type TLSFiles, watchKeyPair } from './tls-files.ts';
import { Waits } from './waits.ts';

export interface BotAPIServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly api: ServedBotAPI;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this program. */
  readonly version: string;
  /** Addresses and networks (`10.0.0.0/8`) whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Undefined: plain HTTP, behind a proxy that ends TLS. */
  readonly tls: TLSFiles | undefined;
  /** Told of each answer; nobody is by default. */
  readonly observer?: BotCallObserver;
  /** How often it is looked whether the files changed; default 10 s. */
  readonly lookAtTLSEveryMs?: number;
  /** What departs from `defaultLimits`. */
  readonly limits?: Partial<ServerLimits>;
}

export interface BotAPIServer {
  /** Such as `http://127.0.0.1:9465`, with the port really in use. */
  readonly url: string;
  /**
   * Takes no more calls: answers those under way, ends those that wait, and closes each connection with its answer.
   * Resolves when no connection is left; what is left after `patienceMs` is cut.
   */
  end(patienceMs: number): Promise<void>;
}

const lookEveryMs = 10_000;

/** Serves the bot API. Throws `unavailable` when the address cannot be listened on or the certificate not be used. */
export async function serveBotAPI(options: BotAPIServerOptions): Promise<BotAPIServer> {
  steadyResponses();
  const limits = { ...defaultLimits, ...options.limits };
  const callLimits = new CallLimits(options.clock, limits);
  const waits = new Waits(callLimits);
  const pair = options.tls && (await firstKeyPair(options.tls));
  let isEnding = false;
  const app = await botApp(
    { ...options, limits, callLimits, waits, isEnding: () => isEnding },
    serverOptions(limits, pair),
  );
  const server = app.server;
  server.maxConnections = limits.connections;
  server.timeout = limits.idleMs;
  // Without TLS no connection is in a handshake: the server knows them all, and none need be kept twice.
  const cut = pair ? cutterOf(server) : () => server.closeAllConnections();
  await listenAt(server, options.host, options.port);
  const unwatch = reloading(options, pair, server);
  return {
    url: `${pair ? 'https' : 'http'}://${addressOf(server)}`,
    async end(patienceMs) {
      isEnding = true;
      unwatch();
      waits.endAll();
      await closed(server, cut, options.clock, patienceMs);
      await app.close();
    },
  };
}

async function firstKeyPair(files: TLSFiles): Promise<KeyPair> {
  try {
    return await readKeyPair(files);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PortError({ kind: 'unavailable' }, `The certificate cannot be used: ${why}.`, { cause: error });
  }
}

function serverOptions(limits: ServerLimits, pair: KeyPair | undefined): object {
  const http = {
    // Told as a problem, as everything is.
    requireHostHeader: false,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: limits.lookMs,
  };
  return pair
    ? { https: { ...http, ...pair, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersMs } }
    : { http };
}

function reloading(
  { tls, clock, log, lookAtTLSEveryMs: everyMs = lookEveryMs }: BotAPIServerOptions,
  pair: KeyPair | undefined,
  server: object,
): () => void {
  if (!tls || !pair || !('setSecureContext' in server)) return () => undefined;
  const { setSecureContext } = server as { setSecureContext(options: KeyPair): void };
  return watchKeyPair(tls, { clock, log, everyMs }, pair, (next) => setSecureContext.call(server, next));
}

/** A connection that rests is closed at once; one that is answered, with its answer. */
async function closed(server: Server, cut: () => void, clock: Clock, patienceMs: number): Promise<void> {
  const patience = new AbortController();
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = sleep(clock, patienceMs, patience.signal).then(cut, () => undefined);
  await done;
  patience.abort();
  await late;
}

/** V8 settles how much room an object has for properties by the first seven of its class that are made. */
const settledAfter = 8;

/**
 * Has V8 settle the shape of responses by some that live at the same time. It looks at those that are left: where a
 * collection falls between the first seven calls of a process it finds none, gives responses no room, and each of
 * them becomes a hash table of 3 KB, of which 10,000 calls that wait take 30 MB, and full collections come twice as often.
 */
function steadyResponses(): void {
  const request = new IncomingMessage(new Socket());
  Array.from({ length: settledAfter }, () => new ServerResponse(request));
}
