import type { AddressInfo, Server, Socket } from 'node:net';
import { PortError } from '../../ports/port-error.ts';

/**
 * Connections that may wait to be accepted; the kernel bounds it further. After a failover thousands of agents connect at
 * once, and one that finds no place is answered only minutes later.
 */
const backlog = 16_384;

/** Resolves once the server listens. Throws `unavailable` when the address cannot be had. */
export function listenAt(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is taken' : error.message;
      const message = `Cannot listen on ${hostInURL(host)}:${port}: ${why}.`;
      reject(new PortError({ kind: 'unavailable' }, message, { cause: error }));
    };
    server.once('error', fail);
    server.listen({ port, host, backlog }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** `host:port` as in a URL, with the port really in use. */
export function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `${hostInURL(address)}:${port}`;
}

function hostInURL(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * Returns the way to cut every connection that the server has. HTTP's own servers know of no connection that is still
 * in its TLS handshake, and yet do not end before it.
 */
export function cutterOf(server: Server): () => void {
  const sockets = new Set<Socket>();
  const forget = function (this: Socket): void {
    sockets.delete(this);
  };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', forget);
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
