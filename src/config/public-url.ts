import { BlockList, isIP } from 'node:net';
import { usageError } from './user-error.ts';

/** Addresses that a droplet cannot reach us under (RFC 6890 and RFC 4193). */
const unreachable = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  unreachable.addSubnet(network, prefix);
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  unreachable.addSubnet(network, prefix, 'ipv6');
}

const privateName = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host);
}

/**
 * The URL at which bots reach the control plane: https, without credentials, query or fragment, and
 * not on a loopback or private address, where a droplet would never find it; in practice, with simulated droplets,
 * plain http and any address will do. Without trailing slash.
 */
export function parseControlPlaneURL(text: string, practice: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const broken = url ? (brokenForm(url) ?? (practice ? undefined : brokenReach(url))) : 'must be a URL';
  if (!url || broken) {
    throw usageError(
      `--control-plane-url ${broken}, got ${JSON.stringify(redacted(text))}.`,
      'Give the https URL at which droplets reach this controller, such as https://fleet.example.com, or --no-bot-api.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function brokenForm(url: URL): string | undefined {
  if (!/^https?:$/.test(url.protocol)) return 'must be https';
  if (url.username || url.password) return 'must hold no credentials';
  return url.search || url.hash ? 'must have no query and no fragment' : undefined;
}

function brokenReach(url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'must be https';
  return isPrivate(url.hostname) ? 'must not be a loopback or private address' : undefined;
}

function isPrivate(hostname: string): boolean {
  const host = bare(hostname);
  const version = isIP(host);
  if (version === 0) return privateName.test(host) || !host.includes('.');
  return unreachable.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** Credentials in a URL stay out of messages. */
function redacted(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//…@');
}
