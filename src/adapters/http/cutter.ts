import type { Server, Socket } from 'node:net';

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
