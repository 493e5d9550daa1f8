import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

const [good, bad] = [Buffer.from('ZZZZ'), Buffer.from([0xff, 0xfe, 0xff, 0xfe])];

/** A way to the server of `address` (`host:port`) on which each `ZZZZ` that it says becomes bytes that are no UTF-8. */
export async function mangled(address: string): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(Number(new URL(`tcp://${address}`).port), '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server).pipe(mangler()).pipe(client);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    address: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function mangler(): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      for (let at = chunk.indexOf(good); at >= 0; at = chunk.indexOf(good, at + 1)) bad.copy(chunk, at);
      done(null, chunk);
    },
  });
}
