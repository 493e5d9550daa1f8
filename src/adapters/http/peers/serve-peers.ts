import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import { text as textOf } from 'node:stream/consumers';
import type { BotAPI } from '../../../bot-api/bot-api.ts';
import { waited } from '../../../bot-api/waited.ts';
import type { Log } from '../../../ports/log.ts';
import { addressOf, cutterOf, listenAt } from '../listen.ts';
import { type PeerCall, type PeerKey, peerCalls, peerIdentity, peerTLS } from './peer-connection.ts';

export interface PeerServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly key: PeerKey;
  /** Of this process alone: what was handed over once is not handed over again. */
  readonly api: BotAPI;
  readonly log: Log;
  /** How long a stranger may take to show that it is none; default 5 s. */
  readonly handshakeMs?: number;
}

export interface PeerServer {
  /** `host:port` as it listens. */
  readonly address: string;
  /** Cuts all connections. */
  close(): Promise<void>;
}

/** Waiting calls of half a fleet may come through one connection. */
const mostCalls = 30_000;
const memoryMB = 256;
/** Each replica needs one; others only get as far as a handshake. */
const mostConnections = 1_000;

/** Takes bots' calls from replicas that do not lead. Throws `unavailable` when the address cannot be listened on. */
export async function servePeers(options: PeerServerOptions): Promise<PeerServer> {
  const { host, port, key, api, log, handshakeMs = 5_000 } = options;
  const server = createSecureServer({
    ...peerTLS,
    handshakeTimeout: handshakeMs,
    pskIdentityHint: peerIdentity,
    pskCallback: (_socket: unknown, identity: string) => (identity === peerIdentity && key()) || null,
    settings: { maxConcurrentStreams: mostCalls },
    maxSessionMemory: memoryMB,
    streamResetBurst: mostCalls,
    streamResetRate: mostCalls,
  });
  server.maxConnections = mostConnections;
  const cut = cutterOf(server);
  // A session that breaks ends its calls; the other side repeats what it must.
  server.on('session', (session) => session.on('error', () => session.destroy()));
  server.on(
    'stream',
    (stream, { ':path': path = '' }) => void answer(stream as ServerHttp2Stream, path, api, log),
  );
  await listenAt(server, host, port);
  return {
    address: addressOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

async function answer(stream: ServerHttp2Stream, path: string, api: BotAPI, log: Log): Promise<void> {
  stream.on('error', () => stream.destroy());
  const onGone = (end: () => void) => {
    if (stream.destroyed) end();
    else stream.once('close', end);
  };
  try {
    const call = JSON.parse(await textOf(stream)) as object;
    const name = peerCalls.find((known) => path === `/${known}`);
    const answered = name && (await ask(api, name, call, onGone));
    if (stream.destroyed) return;
    stream.respond({ ':status': answered ? 200 : 404 });
    stream.end(answered && JSON.stringify(answered));
  } catch (error) {
    if (stream.destroyed) return;
    log.error({ call: path, err: error }, 'a call that a replica handed over failed');
    stream.respond({ ':status': 500 });
    stream.end();
  }
}

/** A replica of another release may say less or more; the API refuses what it cannot use. */
async function ask(
  api: BotAPI,
  name: PeerCall,
  call: object,
  onGone: (end: () => void) => void,
): Promise<object> {
  const asked = api[name] as (call: object) => object | Promise<object>;
  return waited(await asked.call(api, call), onGone);
}
