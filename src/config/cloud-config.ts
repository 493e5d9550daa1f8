import { parseDuration } from './duration.ts';
import { parseCount } from './number-flag.ts';
import { isLoopback } from './public-url.ts';
import { usageError } from './user-error.ts';

/** The environment variables that doctl reads (its viper prefix is DIGITALOCEAN; godo itself reads none). */
export interface CloudEnvironment extends ProxyEnvironment {
  readonly DIGITALOCEAN_ACCESS_TOKEN?: string | undefined;
  readonly DIGITALOCEAN_API_URL?: string | undefined;
  /** Terraform's name for the token. It is noticed and warned about, never used. */
  readonly DIGITALOCEAN_TOKEN?: string | undefined;
}

export interface CloudFlags {
  readonly simulator?: boolean;
  readonly bootTime?: string;
  readonly actionTime?: string;
  readonly dropletLimit?: string;
}

export interface RealCloudConfig {
  readonly kind: 'digitalocean';
  /** Base URL without `/v2` and without trailing slash. */
  readonly apiURL: string;
  readonly token: string;
  /** The API is on this machine: a simulator that runs as a server. */
  readonly loopback: boolean;
  /** To go through, if any. */
  readonly proxy: ProxyConfig | undefined;
}

/** The simulator that runs inside the process; undefined fields keep its own defaults. */
export interface SimulatedCloudConfig {
  readonly kind: 'simulator';
  readonly bootMs: number | undefined;
  readonly actionMs: number | undefined;
  readonly dropletLimit: number | undefined;
}

export type CloudConfig = RealCloudConfig | SimulatedCloudConfig;

const defaultAPI = 'https://api.digitalocean.com';

/** DigitalOcean when there is a token, else the built-in simulator. */
export function readCloudConfig(flags: CloudFlags, env: CloudEnvironment): CloudConfig {
  const token = env.DIGITALOCEAN_ACCESS_TOKEN?.trim();
  if (token && !flags.simulator) return realCloud(token, flags, env);
  const apiURL = env.DIGITALOCEAN_API_URL?.trim();
  if (apiURL && !flags.simulator) {
    throw usageError(
      'DIGITALOCEAN_API_URL is set, but DIGITALOCEAN_ACCESS_TOKEN is not.',
      'Set the token too (a simulator takes any), or unset both to use the built-in simulator.',
    );
  }
  return simulatedCloud(flags);
}

export function simulatedCloud(flags: CloudFlags): SimulatedCloudConfig {
  const { bootTime, actionTime, dropletLimit } = flags;
  return {
    kind: 'simulator',
    bootMs: bootTime === undefined ? undefined : parseDuration(bootTime, '--boot-time'),
    actionMs: actionTime === undefined ? undefined : parseDuration(actionTime, '--action-time'),
    dropletLimit: dropletLimit === undefined ? undefined : parseCount(dropletLimit, '--droplet-limit', 0),
  };
}

function realCloud(token: string, flags: CloudFlags, env: CloudEnvironment): RealCloudConfig {
  const meantForSimulator = flags.bootTime ?? flags.actionTime ?? flags.dropletLimit;
  if (meantForSimulator !== undefined) {
    throw usageError(
      '--boot-time, --action-time and --droplet-limit set up the simulator, but DIGITALOCEAN_ACCESS_TOKEN is set.',
      'Add --simulator to use the simulator in spite of the token, or leave them out.',
    );
  }
  if (/[^\x21-\x7e]/.test(token)) {
    throw usageError(
      'DIGITALOCEAN_ACCESS_TOKEN holds characters that no token has.',
      'Copy it again from https://cloud.digitalocean.com/account/api/tokens.',
    );
  }
  const url = parseAPIURL(env.DIGITALOCEAN_API_URL?.trim() || defaultAPI);
  return {
    kind: 'digitalocean',
    token,
    apiURL: baseOf(url),
    loopback: isLoopback(url.hostname),
    proxy: readProxyConfig(url, env),
  };
}

function parseAPIURL(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw usageError(
      `DIGITALOCEAN_API_URL must be an http or https URL, got ${JSON.stringify(text)}.`,
      `Unset it to use ${defaultAPI}.`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw usageError(
      `DIGITALOCEAN_API_URL would send the token in the clear to ${url.host}.`,
      'Use https; plain http is only for this machine.',
    );
  }
  return url;
}

/** What `v2/…` is resolved against, as godo does it; a `/v2` at the end, which many set, is the same place. */
function baseOf(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/v2$/, '')}`;
}

/** The variables that curl, Go and undici agree upon; the lower-case name wins. */
interface ProxyEnvironment {
  readonly https_proxy?: string | undefined;
  readonly HTTPS_PROXY?: string | undefined;
  readonly no_proxy?: string | undefined;
  readonly NO_PROXY?: string | undefined;
}

interface ProxyConfig {
  /** With user and password where the proxy wants them: never to be shown. */
  readonly url: string;
  /** Hosts to reach without it, as in NO_PROXY. */
  readonly except: string;
}

const schemes = new Set(['http:', 'https:']);

/** The proxy that the environment names for the API; none for plain http, which never leaves this machine, nor for this machine itself. */
export function readProxyConfig(api: URL, env: ProxyEnvironment): ProxyConfig | undefined {
  const named = (env.https_proxy ?? env.HTTPS_PROXY ?? '').trim();
  if (named === '' || api.protocol !== 'https:' || isLoopback(api.hostname)) return undefined;
  return { url: parseProxy(named), except: env.no_proxy ?? env.NO_PROXY ?? '' };
}

/** `host:port` alone means http, as curl and Go read it. */
function parseProxy(named: string): string {
  const text = named.includes('://') ? named : `http://${named}`;
  if (URL.canParse(text) && schemes.has(new URL(text).protocol)) return text;
  throw usageError(
    'HTTPS_PROXY must be an http or https URL.',
    'Set it to the proxy, such as http://proxy.example:3128, or unset it to go without.',
  );
}
