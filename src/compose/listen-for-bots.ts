import { hostname, networkInterfaces } from 'node:os';
import type { PeerServer } from '../adapters/http/peers/serve-peers.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { BotAPI } from '../bot-api/bot-api.ts';
import { BotAPIGate } from '../bot-api/bot-api-gate.ts';
import type { BotAPIConfig } from '../config/bot-api-config.ts';
import type { ListenAddress } from '../config/listen-address.ts';
import type { BotCallObserver } from '../ports/bot-call-observer.ts';
import type { Log } from '../ports/log.ts';
import { version } from './version.ts';

/** The key by which replicas know each other; undefined while it is not known. */
type ReplicaKey = () => Uint8Array | undefined;

/** The servers that bots and other replicas call. They listen before anything behind them can answer. */
export interface BotAPIListener {
  /** Where it listens, as seen from this machine. */
  readonly url: string;
  /** `host:port` where other replicas reach this one; undefined where there are none. */
  readonly peerAddress: string | undefined;
  /** Every call passes it. */
  readonly gate: BotAPIGate;
  /** From now on other replicas that show this key are served. */
  trust(replicaKey: ReplicaKey): void;
  /** Takes no more calls; resolves when all are answered, or cut after `patienceMs`. */
  end(patienceMs: number): Promise<void>;
}

/** Throws a PortError when an address or the certificate cannot be used. The servers are loaded only here. */
export async function listenForBots(
  config: BotAPIConfig,
  log: Log,
  observer: BotCallObserver,
): Promise<BotAPIListener> {
  const { serveBotAPI } = await import('../adapters/http/bots/serve-bot-api.ts');
  const { Forwarding } = await import('../adapters/http/peers/forwarding.ts');
  const gate = new BotAPIGate();
  let replicaKey: ReplicaKey = () => undefined;
  const key = () => replicaKey();
  const clock = systemClock;
  const forwarding = new Forwarding({ api: gate, key, clock, log });
  const { listen, peerListen, trustedProxies, tls } = config;
  const options = { ...listen, clock, log, observer, version, trustedProxies, tls };
  const server = await serveBotAPI({ ...options, api: forwarding });
  const peers = peerListen && (await openPeers({ ...peerListen, key, api: gate, log }, () => server.end(0)));
  return {
    url: server.url.replace(/\/\/(\[::\]|0\.0\.0\.0):/, '//127.0.0.1:'),
    peerAddress: peers && reachable(peers.address),
    gate,
    trust(key) {
      replicaKey = key;
    },
    async end(patienceMs) {
      await server.end(patienceMs);
      forwarding.close();
      await peers?.close();
    },
  };
}

type PeerParts = ListenAddress & {
  readonly key: ReplicaKey;
  readonly api: BotAPI;
  readonly log: Log;
};

async function openPeers(parts: PeerParts, undo: () => Promise<void>): Promise<PeerServer> {
  const { servePeers } = await import('../adapters/http/peers/serve-peers.ts');
  try {
    return await servePeers(parts);
  } catch (error) {
    await undo();
    throw error;
  }
}

/** For an address of every interface, this pod's address, or this machine's first one that others can see. */
function reachable(address: string): string {
  const own = /^(?:\[::\]|0\.0\.0\.0):(\d+)$/.exec(address);
  if (!own) return address;
  const host = process.env['POD_IP'] ?? outerAddress() ?? hostname();
  return `${host.includes(':') ? `[${host}]` : host}:${own[1]}`;
}

function outerAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}
