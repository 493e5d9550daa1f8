import type { IncomingMessage } from 'node:http';

/**
 * Whether the caller is on this machine, as `kubectl port-forward` is for the pod, and calls it by a name of this machine: a page
 * in a browser that has a name of its own lead here does not.
 */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const from = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const host = headers.host?.replace(/:\d+$/, '') ?? '';
  return isLoopback(from) && (host === 'localhost' || isLoopback(host.replace(/^\[|\]$/g, '')));
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}
