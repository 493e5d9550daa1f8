import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseDuration } from './duration.ts';
import { type ListenAddress, parseListen } from './listen-address.ts';
import { parseCount } from './number-flag.ts';
import { usageError } from './user-error.ts';

/** The flags of how bots are served, as commander gives them. */
export interface BotAPIFlags {
  /** False with --no-bot-api. */
  readonly botApi: boolean;
  readonly botListen: string;
  readonly peerListen: string;
  readonly maxLongPolls: string;
  readonly registrationTokenLife: string;
  readonly trustedProxies?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** How bots are served. */
export interface BotAPIConfig {
  readonly listen: ListenAddress;
  /** Where replicas that do not lead hand over bots' calls; undefined where there are none. */
  readonly peerListen: ListenAddress | undefined;
  /** Calls that may wait for a config at once. */
  readonly maxLongPolls: number;
  /** Milliseconds. */
  readonly registrationTokenLife: number;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Absolute paths of PEM files; undefined: plain HTTP, behind a proxy that ends TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** Undefined with --no-bot-api. */
export function readBotAPIConfig(
  flags: BotAPIFlags,
  { cwd, leaderElect }: { readonly cwd: string; readonly leaderElect: boolean },
): BotAPIConfig | undefined {
  if (!flags.botApi) return undefined;
  const listen = parseListen(flags.botListen, '--bot-listen');
  if (!listen) throw usageError('--bot-listen cannot be off.', 'Give HOST:PORT, or --no-bot-api.');
  return {
    listen,
    peerListen: leaderElect ? parseListen(flags.peerListen, '--peer-listen') : undefined,
    maxLongPolls: parseCount(flags.maxLongPolls, '--max-long-polls', 0),
    registrationTokenLife: parseDuration(flags.registrationTokenLife, '--registration-token-life'),
    trustedProxies: parseNetworks(flags.trustedProxies ?? ''),
    tls: tlsOf(flags, cwd),
  };
}

function parseNetworks(text: string): readonly string[] {
  const networks = text.split(',').map((part) => part.trim());
  return networks.filter((network) => network !== '').map(parseNetwork);
}

/** An address, or a network such as `10.0.0.0/8`. */
function parseNetwork(network: string): string {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const version = isIP(address);
  const isKnown = version > 0 && Number(prefix ?? 0) <= (version === 4 ? 32 : 128);
  // A whole address space would let every caller choose its own address.
  if (isKnown && prefix !== '0') return network;
  throw usageError(
    `--trusted-proxies must be addresses and networks, got ${JSON.stringify(network)}.`,
    'For example 10.0.0.0/8,192.0.2.7: of the proxies in front of this controller, and no wider.',
  );
}

function tlsOf({ tlsCert: cert, tlsKey: key }: BotAPIFlags, cwd: string): BotAPIConfig['tls'] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw usageError('--tls-cert and --tls-key belong together.', 'Give both, or neither behind a proxy.');
  return { cert: resolve(cwd, cert), key: resolve(cwd, key) };
}
