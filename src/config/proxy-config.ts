import { isLoopback } from './public-url.ts';
import { usageError } from './user-error.ts';

/** The variables that curl, Go and undici agree upon; the lower-case name wins. */
export interface ProxyEnvironment {
  readonly https_proxy?: string | undefined;
  readonly HTTPS_PROXY?: string | undefined;
  readonly no_proxy?: string | undefined;
  readonly NO_PROXY?: string | undefined;
}

export interface ProxyConfig {
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
